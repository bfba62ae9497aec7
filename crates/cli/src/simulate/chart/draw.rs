//! The picture: decisions stacked over time, and a band of states for each breaker below.
//!
//! The colours are those of Okabe and Ito, which people tell apart whatever colours they see: blue passes, red does not.

use opensergo_fault_tolerance::Nanos;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::record::State;
use super::super::shown::shown;
use super::{Band, Bucket, Chart};

/// Where the picture is drawn.
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Why it cannot be drawn.
type Fault = Box<dyn std::error::Error>;

const WIDTH: u32 = 1200;
/// Title, legend and the decisions.
const HEIGHT: u32 = 460;
/// One breaker: its name, and its states below.
const BAND: i32 = 40;
const LEFT: i32 = 84;
/// Between the name of an axis and the edge.
const EDGE: i32 = 10;
const RIGHT: i32 = 28;
/// Where time ends, in pixels.
const EAST: i32 = WIDTH.cast_signed() - RIGHT;
const TOP: i32 = 76;
/// Time's labels and name.
const BOTTOM: i32 = 56;
/// A state that is too short to be seen is drawn this wide, in pixels.
const NARROWEST: i32 = 2;

const INK: RGBColor = RGBColor(34, 34, 34);
const FAINT: RGBColor = RGBColor(225, 225, 225);
const BLUE: RGBColor = RGBColor(0, 114, 178);
const SKY: RGBColor = RGBColor(86, 180, 233);
const ORANGE: RGBColor = RGBColor(230, 159, 0);
const VERMILLION: RGBColor = RGBColor(213, 94, 0);
const CALM: RGBColor = RGBColor(207, 222, 231);

/// The layers, from below, as [`Bucket::layers`] has them.
const LAYERS: [(&str, RGBColor); 4] =
    [("admitted", BLUE), ("waited", SKY), ("admitted, a dry run refuses", ORANGE), ("refused", VERMILLION)];
/// The units of time, in nanoseconds: the largest of which three fit.
const UNITS: [(&str, f64); 5] = [("d", 8.64e13), ("h", 3.6e12), ("min", 6e10), ("s", 1e9), ("ms", 1e6)];

impl Chart {
    /// Draws it as an SVG document.
    ///
    /// # Errors
    /// The plotting library refuses, which it has no reason to.
    pub fn svg(&self, title: &str) -> anyhow::Result<String> {
        let mut svg = String::new();
        self.draw(&mut svg, title).map_err(|fault| anyhow::anyhow!("cannot draw: {fault}"))?;
        Ok(svg)
    }

    fn draw(&self, svg: &mut String, title: &str) -> Result<(), Fault> {
        let bands = u32::try_from(self.bands.len() * BAND.unsigned_abs() as usize)?;
        let root = SVGBackend::with_string(svg, (WIDTH, HEIGHT + bands)).into_drawing_area();
        root.fill(&WHITE)?;
        root.draw_text(&shown(title), &text(24, HPos::Left), (LEFT, 14))?;
        self.legend(&root)?;
        let (decisions, states) = root.split_vertically(HEIGHT);
        self.decisions(&decisions)?;
        for (row, ((breaker, resource), band)) in (0..).zip(&self.bands) {
            let name = format!("{breaker} on {resource}");
            states.draw_text(&shown(&name), &text(16, HPos::Left), (LEFT, row * BAND))?;
            self.band(&states, row * BAND + 16, band)?;
        }
        root.present()?;
        Ok(())
    }

    /// Draws the stack of decisions, with axes.
    fn decisions(&self, area: &Area<'_>) -> Result<(), Fault> {
        let (unit, nanos) = self.unit();
        let highest = self.buckets.iter().map(|bucket| bucket.layers().iter().sum::<u64>()).max().unwrap_or(0);
        let mut chart = ChartBuilder::on(area)
            .margin_top(TOP)
            .margin_right(RIGHT)
            .margin_left(EDGE)
            .margin_bottom(EDGE)
            .x_label_area_size(BOTTOM - EDGE)
            .y_label_area_size(LEFT - EDGE)
            .build_cartesian_2d(0.0..self.span() / nanos, 0.0..(real(highest) * 1.05).max(1.0))?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .axis_style(INK)
            .x_desc(format!("time in {unit}"))
            .y_desc(format!("calls in {}", length(self.width)))
            .x_label_formatter(&short)
            .y_label_formatter(&short)
            .label_style(text(16, HPos::Center))
            .axis_desc_style(text(17, HPos::Center))
            .draw()?;
        for (layer, (_, colour)) in LAYERS.iter().enumerate() {
            if self.total().layers()[layer] > 0 {
                let outline = self.outline(layer, real(self.width) / nanos);
                chart.draw_series([Polygon::new(outline, colour.filled())])?;
            }
        }
        Ok(())
    }

    /// Goes around one layer: its upper edge forth, its lower edge back.
    fn outline(&self, layer: usize, width: f64) -> Vec<(f64, f64)> {
        let edge = |layers: usize| {
            self.buckets.iter().enumerate().flat_map(move |(index, bucket): (usize, &Bucket)| {
                let height = real(bucket.layers()[..layers].iter().sum());
                [(real_index(index) * width, height), (real_index(index + 1) * width, height)]
            })
        };
        let (upper, mut lower) = (edge(layer + 1), edge(layer).collect::<Vec<_>>());
        lower.reverse();
        upper.chain(lower).collect()
    }

    /// Draws the states of a breaker.
    fn band(&self, area: &Area<'_>, top: i32, band: &Band) -> Result<(), Fault> {
        let starts = std::iter::once((Nanos::new(0), band.first)).chain(band.turns.iter().copied());
        let ends = band.turns.iter().map(|(at, _)| self.pixel(*at)).chain([EAST]);
        for ((at, state), end) in starts.zip(ends) {
            let start = self.pixel(at);
            let right = if state == State::Closed { end } else { end.max(start + NARROWEST) };
            area.draw(&Rectangle::new([(start, top), (right.min(EAST), top + 14)], colour(state).filled()))?;
        }
        Ok(())
    }

    fn legend(&self, root: &Area<'_>) -> Result<(), Fault> {
        let layers = LAYERS.iter().zip(self.total().layers()).filter(|(_, calls)| *calls > 0).map(|(layer, _)| *layer);
        let states = [State::Closed, State::Open, State::HalfOpen].map(|state| (name(state), colour(state)));
        let states = states.into_iter().filter(|_| !self.bands.is_empty());
        let mut left = LEFT;
        for (name, colour) in layers.chain(states) {
            root.draw(&Rectangle::new([(left, 48), (left + 14, 62)], colour.filled()))?;
            root.draw_text(name, &text(17, HPos::Left), (left + 20, 47))?;
            // Letters of this size are about eight pixels wide.
            left += 48 + 8 * i32::try_from(name.len())?;
        }
        Ok(())
    }

    fn total(&self) -> Bucket {
        self.buckets.iter().copied().sum()
    }

    /// Returns how long the picture is, in nanoseconds: to the end of the last bucket.
    fn span(&self) -> f64 {
        real(self.width) * real_index(self.buckets.len().max(1))
    }

    fn unit(&self) -> (&'static str, f64) {
        UNITS.into_iter().find(|(_, nanos)| self.span() >= 3.0 * nanos).unwrap_or(UNITS[UNITS.len() - 1])
    }

    #[expect(clippy::cast_possible_truncation, reason = "a pixel of the picture")]
    fn pixel(&self, at: Nanos) -> i32 {
        let share = real(at.get()) / self.span();
        LEFT + (share * f64::from(EAST - LEFT)).round() as i32
    }
}

fn text(size: i32, anchor: HPos) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size)).color(&INK).pos(Pos::new(anchor, VPos::Top))
}

fn name(state: State) -> &'static str {
    match state {
        State::Closed => "breaker closed",
        State::Open => "open",
        State::HalfOpen => "half-open",
    }
}

fn colour(state: State) -> RGBColor {
    match state {
        State::Closed => CALM,
        State::Open => VERMILLION,
        State::HalfOpen => ORANGE,
    }
}

/// Prints a length of time in the largest unit that says it without a fraction.
fn length(nanos: u64) -> String {
    const LENGTHS: [(&str, u64); 5] =
        [("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000)];
    let unit = LENGTHS.iter().find(|(_, unit)| nanos.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{nanos} ns"), |(name, unit)| format!("{} {name}", nanos / unit))
}

/// Prints a label without the zeros nobody needs.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library asks for it")]
fn short(value: &f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "finer than a pixel")]
fn real(value: u64) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "at most some hundred")]
fn real_index(value: usize) -> f64 {
    value as f64
}
