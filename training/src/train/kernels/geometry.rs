//! Where the kernel of a convolution meets a picture.

/// Where a square kernel with TensorFlow's SAME padding meets a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Input height and width, in pixels.
    pub input: [usize; 2],
    /// Kernel side, in pixels.
    pub kernel: usize,
    /// Step, in pixels.
    pub stride: usize,
}

impl Geometry {
    /// Whether there is code for this kernel.
    pub fn is_known(&self) -> bool {
        matches!((self.kernel, self.stride), (3 | 5, 1 | 2))
    }

    /// Output height and width, in pixels.
    pub fn output(&self) -> [usize; 2] {
        self.input.map(|side| side.div_ceil(self.stride))
    }

    /// Rows above (axis 0) or columns left (axis 1) of the picture that the kernel may cover.
    pub fn before(&self, axis: usize) -> usize {
        let needed = (self.output()[axis] - 1) * self.stride + self.kernel;
        needed.saturating_sub(self.input[axis]) / 2
    }
}
