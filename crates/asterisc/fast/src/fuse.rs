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
        (two: $($two:ident)*; one: $($one:ident)*) => {
            match first {
                $(
                    (Op::$two, FIRST) => with_second::<p::$two, FIRST>(second),
                    (Op::$two, SECOND) => with_second::<p::$two, SECOND>(second),
                    (Op::$two, _) => with_second::<p::$two, NONE>(second),
                )*
                $(
                    (Op::$one, FIRST) => with_second::<p::$one, FIRST>(second),
                    (Op::$one, _) => with_second::<p::$one, NONE>(second),
                )*
                (Op::Lui, _) => with_second::<p::Constant, NONE>(second),
                _ => None,
            }
        };
    }
    choose! {
        two: Add Sub Xor And Or Sltu Mul Mulhu Sd Sb;
        one: Addi Andi Xori Slli Srli Addiw Ld Lw Lbu
    }
}

/// [`pair_handler`], the first being known.
fn with_second<P: Part, const FROM: From>(second: (Op, From)) -> Option<Handler> {
    use crate::handlers as h;
    macro_rules! choose {
        (two: $($two:ident)*; one: $($one:ident)*; branches: $($branch:ident)*) => {
            match second {
                $(
                    (Op::$two, FIRST) => Some(pair::<P, FROM, p::$two, FIRST>),
                    (Op::$two, SECOND) => Some(pair::<P, FROM, p::$two, SECOND>),
                    (Op::$two, _) => Some(pair::<P, FROM, p::$two, NONE>),
                )*
                $(
                    (Op::$one, FIRST) => Some(pair::<P, FROM, p::$one, FIRST>),
                    (Op::$one, _) => Some(pair::<P, FROM, p::$one, NONE>),
                )*
                $(
                    (Op::$branch, FIRST) => Some(pair_branch::<P, FROM, h::$branch, FIRST>),
                    (Op::$branch, SECOND) => Some(pair_branch::<P, FROM, h::$branch, SECOND>),
                    (Op::$branch, _) => Some(pair_branch::<P, FROM, h::$branch, NONE>),
                )*
                (Op::Lui, _) => Some(pair::<P, FROM, p::Constant, NONE>),
                _ => None,
            }
        };
    }
    choose! {
        two: Add Sub Xor And Or Sltu Mul Mulhu Sd Sb;
        one: Addi Andi Xori Slli Srli Addiw Ld Lw Lbu;
        branches: Beq Bne Blt Bge Bltu Bgeu
    }
}
