//! The picture as SVG.

use super::Stride;
use super::places::{BOX, EXIT, HALF, NOTES, SIZE, START, WAYS, place};
use crate::machine::Arrows;
use crate::reference::svg::{STYLE, escaped};
use crate::vocabulary::JobState;

/// The most letters of a line of a label.
const LABEL_WIDTH: usize = 30;
/// The height of a line of text.
const LINE: i32 = 14;

pub(super) fn picture(path: Option<&[Stride]>) -> String {
    let Arrows { between, endings, notes } = Arrows::of_table();
    let steps = path.map_or(0, |path| i32::try_from(path.len().min(MOST_STEPS)).unwrap_or(0));
    let (width, height) = (SIZE.0, SIZE.1 + if path.is_some() { 30 + steps * LINE } else { 0 });
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>The states of a BITS job</title>\n{STYLE}{MARKERS}\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>\n"
    );
    let (x, y, box_width, box_height) = BOX;
    svg += &format!(
        "<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{box_width}\" height=\"{box_height}\" rx=\"14\"/>\n"
    );
    let (x, y) = START;
    let (to, _) = place(JobState::Suspended);
    svg += &format!("<circle class=\"start\" cx=\"{x}\" cy=\"{y}\" r=\"7\"/>\n");
    svg += &arrow("arrow", (x - 7, y), ((x + to) / 2, y), (to + HALF.0, y));
    svg += &text(x - 80, y - 8, "CreateJob");
    let mut lettering = String::new();
    let taken = |from, to| {
        path.unwrap_or_default().iter().any(|stride| stride.from == from && stride.to == to)
    };
    let mut told = Vec::new();
    for ((from, to), labels) in between {
        let Some(way) = WAYS.iter().find(|way| way.from == from && way.to == to) else { continue };
        let class = if taken(from, to) { "arrow taken" } else { "arrow" };
        svg += &arrow(class, border(from, way.bend), way.bend, border(to, way.bend));
        // Two arrows with the same label at one place share it.
        let shared = (way.label, labels);
        if !told.contains(&shared) {
            lettering += &label(way.label, &shared.1);
            told.push(shared);
        }
    }
    svg += &lettering;
    for (to, labels) in endings {
        let (x, y) = place(to);
        let is_taken = JobState::ALL.iter().any(|from| taken(*from, to));
        let class = if is_taken { "arrow taken" } else { "arrow" };
        svg += &arrow(class, (x, EXIT), (x, (EXIT + y) / 2), (x, y - HALF.1));
        svg += &label((x + 10, EXIT + 30), &labels);
    }
    let visited = |state| {
        path.unwrap_or_default().iter().any(|stride| stride.from == state || stride.to == state)
    };
    for state in JobState::ALL.iter().copied() {
        svg += &shape(state, visited(state));
    }
    for (line, (note, labels)) in (0..).zip(&notes) {
        svg += &text(NOTES.0, NOTES.1 + LINE * line, &format!("{note}: {}", labels.join(", ")));
    }
    svg += &text(30, EXIT + 20, "from each state in the frame");
    if let Some(path) = path {
        svg += &steps_below(path);
    }
    svg + "</svg>\n"
}

/// The most steps that are listed below the picture.
const MOST_STEPS: usize = 40;

const MARKERS: &str = "<defs>\n\
    <marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerUnits=\"userSpaceOnUse\" markerWidth=\"12\" markerHeight=\"12\" \
    orient=\"auto-start-reverse\"><path class=\"tip\" d=\"M0 0L10 5L0 10z\"/></marker>\n</defs>\n";

/// Where the line from the middle of a state to a point leaves the state.
fn border(state: JobState, towards: (i32, i32)) -> (i32, i32) {
    let (x, y) = place(state);
    let (dx, dy) = (towards.0 - x, towards.1 - y);
    let (half_width, half_height) = HALF;
    // Whichever edge is met first; a point within the state is not asked for.
    if dx.abs() * half_height > dy.abs() * half_width {
        (x + half_width * dx.signum(), y + dy * half_width / dx.abs().max(1))
    } else {
        (x + dx * half_height / dy.abs().max(1), y + half_height * dy.signum())
    }
}

fn arrow(class: &str, from: (i32, i32), bend: (i32, i32), to: (i32, i32)) -> String {
    format!(
        "<path class=\"{class}\" d=\"M{} {}Q{} {} {} {}\" marker-end=\"url(#tip)\"/>\n",
        from.0, from.1, bend.0, bend.1, to.0, to.1
    )
}

fn text(x: i32, y: i32, words: &str) -> String {
    format!("<text class=\"label\" x=\"{x}\" y=\"{y}\">{}</text>\n", escaped(words))
}

/// Labels with commas between them, in lines that are not too long.
fn label((x, y): (i32, i32), labels: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        let comma = if index + 1 < labels.len() { "," } else { "" };
        match lines.last_mut() {
            Some(line) if line.len() + label.len() < LABEL_WIDTH => {
                *line += &format!(" {label}{comma}");
            }
            _ => lines.push(format!("{label}{comma}")),
        }
    }
    (0..).zip(&lines).map(|(line, words)| text(x, y + LINE * line, words)).collect()
}

fn shape(state: JobState, visited: bool) -> String {
    let ((x, y), (half_width, half_height)) = (place(state), HALF);
    let class = if visited { "state visited" } else { "state" };
    let name = state.short_name();
    format!(
        "<rect class=\"{class} {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"9\"/>\n\
         <text class=\"name\" x=\"{x}\" y=\"{}\">{name}</text>\n",
        name.to_lowercase().replace('_', "-"),
        x - half_width,
        y - half_height,
        2 * half_width,
        2 * half_height,
        y + 5
    )
}

fn steps_below(path: &[Stride]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (index, stride) in path.iter().take(MOST_STEPS).enumerate() {
        let Stride { after, from, to, .. } = stride;
        lines.push(format!("{}. after {after}: {from} to {to}: {}", index + 1, stride.label()));
    }
    if path.len() > MOST_STEPS {
        lines.pop();
        lines.push(format!("and {} more", path.len() - MOST_STEPS + 1));
    }
    (0..).zip(&lines).map(|(line, words)| text(30, SIZE.1 + 10 + LINE * line, words)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arrow_of_the_table_has_a_way_and_each_way_is_one() {
        let mut arrows: Vec<_> =
            Arrows::of_table().between.into_iter().map(|(ends, _)| ends).collect();
        let mut ways: Vec<_> = WAYS.iter().map(|way| (way.from, way.to)).collect();
        arrows.sort();
        ways.sort();
        assert_eq!(ways, arrows);
    }

    #[test]
    fn an_arrow_begins_at_the_border_of_its_state() {
        let (x, y) = place(JobState::Connecting);
        assert_eq!(border(JobState::Connecting, (x + 500, y)), (x + HALF.0, y));
        assert_eq!(border(JobState::Connecting, (x, y - 500)), (x, y - HALF.1));
    }
}
