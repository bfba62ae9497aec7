//! The formats of texts and numbers the API server of Kubernetes checks. Any other format is ignored, as it does.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Int32,
    Int64,
    DateTime,
    Date,
    Duration,
    Ipv4,
    Ipv6,
    Cidr,
    Uuid,
    Byte,
}

/// Units of a duration.
const UNITS: [&str; 9] = ["ns", "us", "µs", "ms", "s", "m", "h", "d", "w"];

impl Format {
    /// Returns the format of a name; `None` for those that are not checked.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "date-time" | "datetime" => Self::DateTime,
            "date" => Self::Date,
            "duration" => Self::Duration,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "cidr" => Self::Cidr,
            "uuid" => Self::Uuid,
            "byte" => Self::Byte,
            _ => return None,
        })
    }

    /// Says what is allowed, in words.
    pub(super) fn allowed(self) -> &'static str {
        match self {
            Self::Int32 => "a whole number of 32 bits",
            Self::Int64 => "a whole number of 64 bits",
            Self::DateTime => "a date and time, as 2026-01-31T12:00:00Z",
            Self::Date => "a date, as 2026-01-31",
            Self::Duration => "a duration, as 1h30m",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Cidr => "an address and a prefix, as 10.0.0.0/8",
            Self::Uuid => "a UUID",
            Self::Byte => "base64",
        }
    }

    /// Says whether a text is of this format; those of numbers take any text.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Int32 | Self::Int64 => true,
            Self::DateTime => is_date_time(text),
            Self::Date => is_date(text),
            Self::Duration => is_duration(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Cidr => is_cidr(text),
            Self::Uuid => is_uuid(text),
            Self::Byte => bytes(text).is_some(),
        }
    }

    /// Says whether a whole number is within the range of this format; those of texts take any number.
    pub(super) fn holds(self, number: i128) -> bool {
        match self {
            Self::Int32 => i32::try_from(number).is_ok(),
            Self::Int64 => i64::try_from(number).is_ok(),
            _ => true,
        }
    }
}

/// Reads base64 with padding; `None` when it is not.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - body.len() > 2 {
        return None;
    }
    let (mut decoded, mut held, mut bits) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for byte in body.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(six)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            decoded.push(u8::try_from(held >> bits & 0xFF).ok()?);
        }
    }
    Some(decoded)
}

/// RFC 3339.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else { return false };
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let zoned = zone.eq_ignore_ascii_case("z")
        || zone.get(1..).is_some_and(|offset| numbers(offset, ':', &[2, 2]).is_some_and(|at| at[0] < 24 && at[1] < 60));
    let timed = numbers(time, ':', &[2, 2, 2]).is_some_and(|at| at[0] < 24 && at[1] < 60 && at[2] <= 60);
    is_date(date) && timed && zoned && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
}

fn is_date(text: &str) -> bool {
    let Some(date) = numbers(text, '-', &[4, 2, 2]) else { return false };
    let (year, month, day) = (date[0], date[1], date[2]);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Reads numbers of the given widths between separators.
fn numbers(text: &str, separator: char, widths: &[usize]) -> Option<Vec<u32>> {
    let parts: Vec<&str> = text.split(separator).collect();
    let wide = parts.len() == widths.len() && parts.iter().zip(widths).all(|(part, width)| part.len() == *width);
    let digits = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    (wide && digits).then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
}

/// Numbers with units, one behind the other.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let some = !rest.is_empty();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let unit = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit);
        if number.parse::<f64>().is_err() || !UNITS.contains(&unit) {
            return false;
        }
        rest = behind;
    }
    some
}

fn is_cidr(text: &str) -> bool {
    let Some((address, prefix)) = text.split_once('/') else { return false };
    let bits = if address.parse::<Ipv4Addr>().is_ok() {
        32
    } else if address.parse::<Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    prefix.bytes().all(|b| b.is_ascii_digit()) && prefix.parse::<u8>().is_ok_and(|prefix| prefix <= bits)
}

fn is_uuid(text: &str) -> bool {
    let widths = text.split('-').map(str::len).collect::<Vec<_>>();
    (widths == [8, 4, 4, 4, 12] || widths == [32]) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_take_what_they_name_and_nothing_else() {
        let cases = [
            (Format::DateTime, "2024-02-29T23:59:60.5+01:00", "2023-02-29T00:00:00Z"),
            (Format::DateTime, "2024-01-01t00:00:00z", "2024-01-01T00:00:00"),
            (Format::Date, "2000-02-29", "1900-02-29"),
            (Format::Duration, "1h30m0.5s", "1h30"),
            (Format::Ipv4, "10.0.0.1", "10.0.0.256"),
            (Format::Ipv6, "::1", "10.0.0.1"),
            (Format::Cidr, "10.0.0.0/8", "10.0.0.0/33"),
            (Format::Uuid, "123e4567-e89b-12d3-a456-426614174000", "123e4567"),
            (Format::Byte, "aGVsbG8=", "aGVsbG8"),
        ];
        for (format, good, bad) in cases {
            assert_eq!((format.fits(good), format.fits(bad)), (true, false), "{format:?}");
        }
        assert_eq!((Format::named("ipv4"), Format::named("password")), (Some(Format::Ipv4), None));
    }

    #[test]
    fn base64_reads_as_bytes() {
        assert_eq!(bytes("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!((bytes(""), bytes("////"), bytes("====")), (Some(Vec::new()), Some(vec![255; 3]), None));
    }
}
