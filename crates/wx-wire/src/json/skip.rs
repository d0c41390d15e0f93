//! Passing over values that nobody asked for. They have to be JSON all the
//! same, however deep they are nested.

use super::reader::{Fault, Reader};

/// Which of the open values are objects: a bit for each.
#[derive(Default)]
struct Open {
    last: u64,
    depth: usize,
    /// Of sixty-four each, outermost first.
    outer: Vec<u64>,
}

impl Open {
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.last);
        }
        self.last = self.last << 1 | u64::from(is_object);
        self.depth += 1;
    }

    fn is_object(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.last & 1 == 1)
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.last >>= 1;
        if self.depth > 0
            && self.depth.is_multiple_of(64)
            && let Some(outer) = self.outer.pop()
        {
            self.last = outer;
        }
    }
}

impl Reader<'_> {
    /// Passes over a value of any type.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let mut open = Open::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if !self.pass(b'}') {
                        open.push(true);
                        self.skip_name()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if !self.pass(b']') {
                        open.push(false);
                        continue;
                    }
                }
                Some(b'"') => {
                    self.at += 1;
                    self.skip_string()?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    self.skip_number()?;
                }
                _ => {
                    self.word()?;
                }
            }
            // A value has ended, and perhaps those that it is in.
            loop {
                let Some(is_object) = open.is_object() else {
                    return Ok(());
                };
                match (self.peek(), is_object) {
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        open.pop();
                    }
                    (Some(b','), true) => {
                        self.at += 1;
                        self.skip_name()?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    _ => return self.fault(),
                }
            }
        }
    }

    fn skip_name(&mut self) -> Result<(), Fault> {
        if !self.pass(b'"') {
            return self.fault();
        }
        self.skip_string()?;
        if self.pass(b':') {
            Ok(())
        } else {
            self.fault()
        }
    }
}
