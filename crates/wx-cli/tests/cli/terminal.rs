//! What people see in a terminal: pages as in `screens.rs`, with the codes of
//! colours in sight.

use serde_json::json;

use crate::screens::check;
use crate::support::World;
use crate::support::terminal::Window;

/// Runs `wx` in a window, with these variables.
async fn seen(
    world: &World,
    arguments: &[&str],
    variables: &[(&str, &str)],
    (columns, rows): (u16, u16),
) -> (i32, String) {
    let mut command = world.wx(arguments);
    command.envs(variables.iter().copied());
    Window::start(command, columns, rows).end().await
}

/// The page with escape codes in sight.
fn plain(seen: &str) -> String {
    seen.replace('\x1b', "␛")
}

/// What a camera reads from a drawing of half blocks, black on white.
fn scanned(seen: &str) -> String {
    let lines: Vec<Vec<char>> = (seen.lines())
        .filter_map(|line| line.strip_prefix("\x1b[30;47m")?.strip_suffix("\x1b[0m"))
        .map(|line| line.chars().collect())
        .collect();
    const PIXELS: usize = 4;
    let width = lines[0].len();
    let shade = |x: usize, y: usize| {
        let (column, row) = (x / PIXELS, y / PIXELS);
        let inks = match row % 2 {
            0 => ['█', '▀'],
            _ => ['█', '▄'],
        };
        let is_dark = inks.contains(&lines[row / 2][column]);
        if is_dark { 0 } else { 255 }
    };
    let (width, height) = (width * PIXELS, lines.len() * 2 * PIXELS);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "codes that are found");
    grids[0].decode().expect("a code").1
}

#[tokio::test]
async fn a_login_in_a_window_shows_a_code_and_each_step() {
    let world = World::start().await;
    let (code, login) = seen(&world, &["login"], &[], (80, 24)).await;
    assert_eq!(code, 0, "{login}");
    check("login.txt", &plain(&login));
    let address = login
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("scan with the phone: "));
    assert_eq!(Some(scanned(&login).as_str()), address);
}

#[tokio::test]
async fn without_unicode_nothing_but_ascii_is_shown() {
    let world = World::start().await;
    let ascii = [("LC_ALL", "C")];
    let (code, login) = seen(&world, &["login"], &ascii, (80, 24)).await;
    assert_eq!(code, 0, "{login}");
    assert!(login.is_ascii(), "{login}");
    check("login-ascii.txt", &plain(&login));
    let (code, doctor) = seen(&world, &["doctor"], &ascii, (80, 24)).await;
    assert_eq!(code, 0, "{doctor}");
    assert!(doctor.is_ascii(), "{doctor}");
}

#[tokio::test]
async fn a_window_too_narrow_for_a_code_has_its_address_and_a_tip() {
    let world = World::start().await;
    let (code, login) = seen(&world, &["login"], &[], (30, 20)).await;
    assert_eq!(code, 0, "{login}");
    check("login-narrow.txt", &plain(&login));
}

#[tokio::test]
async fn errors_are_broken_between_words() {
    let world = World::start().await;
    let mut shown = String::new();
    for line in ["login --qr blue", "decode letter", "contacts"] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let (code, seen) = seen(&world, &arguments, &[], (60, 20)).await;
        shown += &format!("$ wx {line}\n{seen}[{code}]\n");
    }
    check("errors-narrow.txt", &shown);
}

#[tokio::test]
async fn colours_are_left_out_if_nobody_wants_them() {
    let world = World::start().await;
    for (variables, is_coloured) in [
        (&[][..], true),
        (&[("NO_COLOR", "1")], false),
        (&[("TERM", "dumb")], false),
    ] {
        // The code's colours, and those of the log behind it.
        for arguments in [&["login", "--fresh"][..], &["login", "--qr", "none", "-vv"]] {
            let (code, login) = seen(&world, arguments, variables, (80, 24)).await;
            assert_eq!(code, 0, "{login}");
            let is_logged = arguments.contains(&"-vv");
            assert_eq!(login.contains("DEBUG"), is_logged, "{login}");
            let has_colours = login.contains('\x1b');
            assert_eq!(has_colours, is_coloured, "{variables:?} {login}");
        }
    }
}

#[tokio::test]
async fn what_reads_from_a_terminal_says_so_and_ctrl_c_ends_it() {
    let world = World::logged_in().await;
    for arguments in [
        &["send", "text", "filehelper", "-"][..],
        &["download"],
        &["decode", "init"],
        &["replay", "-"],
    ] {
        let mut window = Window::start(world.wx(arguments), 80, 24);
        window.shows("Ctrl-D ends it").await;
        window.signal("INT").await;
        let (code, seen) = window.end().await;
        assert_eq!(code, 130, "{arguments:?} {seen}");
    }
}

#[tokio::test]
async fn a_transfer_has_a_bar_with_its_name() {
    let world = World::logged_in().await;
    let slow = json!({"path": "webwxuploadmedia", "kind": "slow", "count": 2});
    world.call("fault", slow).await;
    let file = world.bytes("报告.bin", &vec![7; 800_000]);
    let (code, seen) = seen(
        &world,
        &["send", "file", "filehelper", &file],
        &[],
        (60, 20),
    )
    .await;
    assert_eq!(code, 0, "{seen}");
    assert!(
        seen.contains("报告.bin") && seen.contains('%') && seen.contains('━'),
        "{seen}"
    );
    // It is gone in the end.
    let last = seen.rsplit('\r').next().expect("a line");
    assert!(
        last.contains("sent to filehelper as ") && !last.contains('%'),
        "{seen:?}"
    );
}
