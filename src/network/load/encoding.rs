//! The text of a file: UTF-8, with or without a byte order mark, or UTF-16, which PowerShell's `>` writes.

use std::borrow::Cow;

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Neither UTF-8 nor marked as UTF-16.
    #[error("byte {offset} is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// The first bad byte.
        offset: usize,
    },
    /// Marked as UTF-16, but not.
    #[error("it is marked as UTF-16, but byte {offset} is not: save the file as UTF-8")]
    NotUtf16 {
        /// Where the first bad unit starts.
        offset: usize,
    },
}

/// Decodes a file.
///
/// Windows PowerShell's redirection writes UTF-16LE with a byte order mark, PowerShell 7's UTF-8
/// (<https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding>).
/// UTF-16 without a mark is recognised by its zero bytes: JSON starts with an ASCII character.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, EncodingError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, 2, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, 2, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf16(bytes, 0, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, 0, u16::from_be_bytes),
        _ => utf8(bytes, 0),
    }
}

fn utf8(bytes: &[u8], start: usize) -> Result<Cow<'_, str>, EncodingError> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| EncodingError::NotUtf8 {
            offset: start + error.valid_up_to(),
        })
}

fn utf16(bytes: &[u8], start: usize, unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, EncodingError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(EncodingError::NotUtf16 {
            offset: start + 2 * pairs.len(),
        });
    }
    let mut text = String::with_capacity(pairs.len());
    let mut offset = start;
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        let character = character.map_err(|_| EncodingError::NotUtf16 { offset })?;
        offset += 2 * character.len_utf16();
        text.push(character);
    }
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, mark: bool, little: bool) -> Vec<u8> {
        let mark = mark.then_some('\u{feff}');
        let text: String = mark.into_iter().chain(text.chars()).collect();
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn utf8_with_and_without_mark() {
        assert_eq!(decode(b"{}").unwrap(), "{}");
        assert_eq!(decode(b"\xEF\xBB\xBF{}").unwrap(), "{}");
        assert_eq!(decode(b"").unwrap(), "");
        assert_eq!(decode(b"\xEF\xBB\xBF").unwrap(), "");
    }

    #[test]
    fn utf16_of_either_order_with_and_without_mark() {
        let text = "{\"Vpcs\": [], \"é\": \"🦀\"}";
        for mark in [true, false] {
            for little in [true, false] {
                assert_eq!(
                    decode(&utf16_bytes(text, mark, little)).unwrap(),
                    text,
                    "{mark} {little}"
                );
            }
        }
    }

    #[test]
    fn bad_bytes_are_counted_from_the_start_of_the_file() {
        assert_eq!(decode(b"{\xff}"), Err(EncodingError::NotUtf8 { offset: 1 }));
        assert_eq!(
            decode(b"\xEF\xBB\xBF{\xff}"),
            Err(EncodingError::NotUtf8 { offset: 4 })
        );
        assert_eq!(
            decode(b"\xff\xfe{\0}"),
            Err(EncodingError::NotUtf16 { offset: 4 })
        );
        // A lone low surrogate.
        assert_eq!(
            decode(b"\xff\xfe{\0\x00\xdc"),
            Err(EncodingError::NotUtf16 { offset: 4 })
        );
    }
}
