//! Which handler does an instruction, and which does two in a row.
//!
//! A pair of frequent instructions is done by one handler: one jump less, and the second takes the
//! first one's result from where it was computed.

use asterisc_isa::Op;

use crate::{
    code::Handler,
    handlers::{branch, pair, pair_branch, single},
    parts::{self as p, FIRST, NONE, Part, SECOND},
};

/// Where an operand is the value written last: [`NONE`], [`FIRST`] or [`SECOND`].
pub(crate) type From = u8;

/// The handler of one instruction; `None` where it has none of its own.
pub(crate) fn single_handler(op: Op, from: From) -> Option<Handler> {
    macro_rules! choose {
        ($($op:ident)*) => {
            Some(match op {
                $(Op::$op => by_origin::<p::$op>(from),)*
                Op::Lui | Op::Auipc | Op::CsrZero => single::<p::Constant, NONE>,
                Op::BranchNever
                | Op::SystemNop
                | Op::Fence
                | Op::FloatLoad
                | Op::FloatStore
                | Op::FloatOp => single::<p::Nothing, NONE>,
                _ => return None,
            })
        };
    }
    choose! {
        Lb Lh Lw Ld Lbu Lhu Lwu Sb Sh Sw Sd
        Addi Slli Slti Sltiu Xori Srli Srai Ori Andi Addiw Slliw Srliw Sraiw
        Add Sub Sll Slt Sltu Xor Srl Sra Or And Addw Subw Sllw Srlw Sraw
        Mul Mulh Mulhsu Mulhu Div Divu Rem Remu Mulw Divw Divuw Remw Remuw
    }
}

fn by_origin<P: Part>(from: From) -> Handler {
    match from {
        FIRST => single::<P, FIRST>,
        SECOND => single::<P, SECOND>,
        _ => single::<P, NONE>,
    }
}

/// The handler of a conditional branch.
pub(crate) fn branch_handler(op: Op, from: From) -> Option<Handler> {
    use crate::handlers as h;
    macro_rules! choose {
        ($($op:ident)*) => {
            Some(match (op, from) {
                $(
                    (Op::$op, FIRST) => branch::<h::$op, FIRST>,
                    (Op::$op, SECOND) => branch::<h::$op, SECOND>,
                    (Op::$op, _) => branch::<h::$op, NONE>,
                )*
                _ => return None,
            })
        };
    }
    choose!(Beq Bne Blt Bge Bltu Bgeu)
}

/// The handler of two instructions in a row, if there is one.
pub(crate) fn pair_handler(first: (Op, From), second: (Op, From)) -> Option<Handler> {
    macro_rules! choose {
        ($($op:ident)*) => {
            match first {
                $(
                    (Op::$op, FIRST) => with_second::<p::$op, FIRST>(second),
                    (Op::$op, SECOND) => with_second::<p::$op, SECOND>(second),
                    (Op::$op, _) => with_second::<p::$op, NONE>(second),
                )*
                _ => None,
            }
        };
    }
    choose!(Add Addi Sub Xor And Or Slli Srli Sltu Ld Sd Mul Lw)
}

fn with_second<P: Part, const FROM: From>(second: (Op, From)) -> Option<Handler> {
    use crate::handlers as h;
    macro_rules! choose {
        ($($op:ident)*; $($branch:ident)*) => {
            match second {
                $(
                    (Op::$op, FIRST) => Some(pair::<P, FROM, p::$op, FIRST>),
                    (Op::$op, SECOND) => Some(pair::<P, FROM, p::$op, SECOND>),
                    (Op::$op, _) => Some(pair::<P, FROM, p::$op, NONE>),
                )*
                $(
                    (Op::$branch, FIRST) => Some(pair_branch::<P, FROM, h::$branch, FIRST>),
                    (Op::$branch, SECOND) => Some(pair_branch::<P, FROM, h::$branch, SECOND>),
                    (Op::$branch, _) => Some(pair_branch::<P, FROM, h::$branch, NONE>),
                )*
                _ => None,
            }
        };
    }
    choose!(Add Addi Sub Xor And Or Slli Srli Sltu Ld Sd Mul Lw; Beq Bne Bltu Bgeu)
}
