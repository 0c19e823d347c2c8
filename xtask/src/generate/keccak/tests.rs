use super::*;

/// The permutation as the standard writes it.
fn reference(state: &mut [u64; LANES]) {
    for constant in round_constants() {
        let parity: [u64; 5] =
            std::array::from_fn(|x| (0..5).fold(0, |parity, y| parity ^ state[x + 5 * y]));
        let mut moved = [0; LANES];
        for x in 0..5 {
            for y in 0..5 {
                let lane =
                    state[x + 5 * y] ^ parity[(x + 4) % 5] ^ parity[(x + 1) % 5].rotate_left(1);
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = lane.rotate_left(rotation(x, y));
            }
        }
        for (lane, place) in state.iter_mut().enumerate() {
            let (x, row) = (lane % 5, lane - lane % 5);
            *place = moved[lane] ^ (!moved[row + (x + 1) % 5] & moved[row + (x + 2) % 5]);
        }
        state[0] ^= constant;
    }
}

/// Executes what was written, on registers that hold rubbish at first.
fn execute(state: &mut [u64; LANES]) -> u64 {
    const STATE: u64 = 0x1234;
    let mut x: [u64; 30] = std::array::from_fn(|i| 0x9999 * i as u64);
    x[0] = STATE;
    let before = x;
    let mut frame = [0; FRAME_BYTES];
    let mut steps = 0;
    for instruction in instructions() {
        steps += instruction.text().lines().count() as u64;
        match instruction {
            Instruction::Xor(d, a, b) => x[d] = x[a] ^ x[b],
            Instruction::And(d, a, b) => x[d] = x[a] & x[b],
            Instruction::Or(d, a, b) => x[d] = x[a] | x[b],
            Instruction::Not(d, a) => x[d] = !x[a],
            Instruction::Left(d, a, by) => x[d] = x[a] << by,
            Instruction::Right(d, a, by) => x[d] = x[a] >> by,
            Instruction::Constant(d, round) => x[d] = round_constants()[round],
            Instruction::LoadLane(d, at, lane) => {
                assert_eq!(x[at], STATE);
                x[d] = state[lane];
            }
            Instruction::StoreLane(a, at, lane) => {
                assert_eq!(x[at], STATE);
                state[lane] = x[a];
            }
            Instruction::LoadSlot(d, slot) => x[d] = frame[slot],
            Instruction::StoreSlot(a, slot) => frame[slot] = x[a],
            Instruction::Enter | Instruction::Leave => {}
        }
    }
    assert_eq!(x[SAVED], before[SAVED]);
    steps
}

#[test]
fn what_is_written_permutes_as_the_standard_says() {
    let mut state: [u64; LANES] =
        std::array::from_fn(|lane| 0x0123_4567_89ab_cdef_u64.wrapping_mul(lane as u64 + 1));
    for _ in 0..3 {
        let mut expected = state;
        reference(&mut expected);
        let steps = execute(&mut state);
        assert_eq!(state, expected);
        assert!(steps < 4800, "{steps}");
    }
}

#[test]
fn the_permutation_of_zeros_is_the_known_one() {
    let mut state = [0; LANES];
    reference(&mut state);
    assert_eq!(state[0], 0xf125_8f79_40e1_dde7);
    assert_eq!(state[24], 0xeaf1_ff7b_5cec_a249);
}
