//! Every random choice of a life comes from its seed (xoshiro256**): a run can be repeated.

use crate::mapi::Text;

/// The generator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rng([u64; 4]);

impl Rng {
    /// From 32 bytes; all zero is as good as any other.
    pub fn new(seed: [u8; 32]) -> Self {
        let mut state = [0x9e37_79b9_7f4a_7c15_u64, 2, 3, 4];
        for (word, bytes) in state.iter_mut().zip(seed.chunks_exact(8)) {
            let mut b = [0; 8];
            b.copy_from_slice(bytes);
            *word ^= u64::from_le_bytes(b);
        }
        let mut rng = Self(state);
        for _ in 0..8 {
            rng.next();
        }
        rng
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c2, d2) = (c ^ a, d ^ b);
        self.0 = [a ^ d2, b ^ c2, c2 ^ (b << 17), d2.rotate_left(45)];
        result
    }

    /// 32 random bits.
    #[allow(clippy::cast_possible_truncation)]
    pub fn word(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    /// 128 random bits, hex (O-01).
    #[allow(clippy::cast_possible_truncation)]
    pub fn uid(&mut self) -> Text {
        let mut digits = [0; 32];
        for half in digits.chunks_exact_mut(16) {
            let mut word = self.next();
            for digit in half {
                word = word.rotate_left(4);
                let value = word as u8 & 15;
                *digit = if value < 10 { b'0' | value } else { b'a' - 10 + value };
            }
        }
        std::str::from_utf8(&digits).unwrap_or_default().into()
    }
}
