//! The curves: what one account costs, by the number of accounts.

use std::path::Path;

use anyhow::anyhow;
use plotters::prelude::*;

use super::Row;

type Curve = fn(&Row) -> f64;

const CURVES: [(&str, Curve); 4] = [
    ("RSS an account, KiB", Row::kib_each),
    ("CPU at rest for 1,000 accounts, %", Row::cpu_of_thousand),
    ("login, ms an account", Row::login_ms_each),
    ("push to handler, p99, ms", |row| row.pushed.p99_ms),
];

/// Draws all curves into one file.
pub(super) fn draw(path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let root = SVGBackend::new(path, (800, 560)).into_drawing_area();
    root.fill(&WHITE).map_err(|error| anyhow!("{error}"))?;
    for (area, (title, curve)) in root.split_evenly((2, 2)).iter().zip(CURVES) {
        chart(area, title, rows, curve).map_err(|error| anyhow!("{error}"))?;
    }
    root.present().map_err(|error| anyhow!("{error}"))
}

fn chart<B: DrawingBackend>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    title: &str,
    rows: &[Row],
    curve: Curve,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let points: Vec<(f64, f64)> = (rows.iter())
        .map(|row| (row.accounts as f64, curve(row)))
        .collect();
    let least = points.first().map_or(1.0, |point| point.0);
    let most = points
        .last()
        .map_or(10.0, |point| point.0)
        .max(least * 10.0);
    let highest = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 15))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(44)
        .build_cartesian_2d((least..most).log_scale(), 0.0..highest * 1.15)?;
    chart
        .configure_mesh()
        .x_desc("accounts")
        .light_line_style(TRANSPARENT)
        .draw()?;
    chart.draw_series(LineSeries::new(points.iter().copied(), &BLUE))?;
    let dots = points
        .iter()
        .map(|point| Circle::new(*point, 3, BLUE.filled()));
    chart.draw_series(dots)?;
    Ok(())
}
