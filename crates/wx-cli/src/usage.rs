//! A command line that makes no sense, told of in the same form as all other
//! errors: what is wrong in one line, and in a second what to do.

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args::Cli;
use crate::error::Error;
use crate::output::{Output, complain, say};
use crate::terminal::Screen;

/// The exit status of wrong usage.
const USAGE: u8 = 2;

/// Answers `--help` and `--version`, tells of anything else that is wrong, and
/// gives the exit status.
pub fn answer(error: &clap::Error) -> u8 {
    let for_people = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if for_people {
        // There is nobody to tell if that fails.
        let _ = error.print();
        return if error.use_stderr() { USAGE } else { 0 };
    }
    // The command line was not understood, but its form can be guessed.
    let json = std::env::args_os()
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json");
    if !json && let Some(help) = incomplete(error) {
        say(&help);
        return USAGE;
    }
    let (what, tip) = lines(&error.render().to_string());
    if json {
        Output::new(true, false).complain(&Error::Usage(what));
    } else {
        complain(&what, &tip);
    }
    USAGE
}

/// The help that a command without its subcommand gets. Clap gives it by itself unless
/// an option is set, which it is also by a variable.
fn incomplete(error: &clap::Error) -> Option<String> {
    let named = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::MissingSubcommand, Some(ContextValue::String(named))) => named,
        _ => return None,
    };
    let mut cli = Cli::command();
    cli.build();
    let mut command = &mut cli;
    for name in named.split(' ').skip(1) {
        command = command.find_subcommand_mut(name)?;
    }
    let help = command.render_help();
    let help = match Screen::of_stderr().colour {
        true => help.ansi().to_string(),
        false => help.to_string(),
    };
    Some(help.trim_end().to_owned())
}

/// What is wrong, and what to do, from the paragraphs that clap writes: the
/// error, tips if it has any, the usage, and where to find more.
fn lines(rendered: &str) -> (String, String) {
    let mut paragraphs = rendered
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    let what = paragraphs.next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(&what).to_owned();
    let tip = paragraphs
        .find_map(|paragraph| paragraph.strip_prefix("tip: ").map(str::to_owned))
        .unwrap_or_else(|| "the same with --help says what is allowed".to_owned());
    (what, tip)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn told(arguments: &[&str]) -> (String, String) {
        let error = Cli::try_parse_from(arguments).unwrap_err();
        lines(&error.render().to_string())
    }

    #[test]
    fn missing_arguments_are_named_in_one_line() {
        let (what, tip) = told(&["wx", "send", "text"]);
        assert_eq!(
            what,
            "the following required arguments were not provided: <TO> <TEXT>"
        );
        assert!(tip.contains("--help"), "{tip}");
    }

    #[test]
    fn a_misspelt_command_gets_a_tip() {
        let (what, tip) = told(&["wx", "logni"]);
        assert_eq!(what, "unrecognized subcommand 'logni'");
        assert!(tip.contains("login"), "{tip}");
    }
}
