//! Arguments in, exit code out: 0, 1 or 2, decided in one place.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use tfward::cli::Cli;
use tfward::run::{Error, Progress, Surroundings, Terminal, on_large_stack, run};

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // Consoles of Windows read colours once they are told to.
    let _ = anstream::AutoStream::always_ansi(std::io::stdout());
    let result = on_large_stack(|| {
        let surroundings = Surroundings {
            working_directory: std::env::current_dir()
                .and_then(|directory| directory.canonicalize())
                .map_err(|error| Error::Usage(format!("the working directory cannot be read: {error}")))?,
            environment: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            terminal: terminal(&std::io::stdout()),
            progress: Progress::new(terminal(&std::io::stderr()).progress),
            today: jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date(),
        };
        let mut out = BufWriter::new(std::io::stdout().lock());
        let code = run(&cli, &surroundings, &mut out);
        out.flush().map_err(|error| Error::Output("standard output".to_owned(), error))?;
        code
    });
    let message = match result {
        Some(Ok(code)) => return ExitCode::from(code),
        // Whoever reads the report has seen enough.
        Some(Err(Error::Output(_, error))) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            return ExitCode::from(2);
        }
        Some(Err(error)) => error.to_string(),
        None => "this is a bug in tfward, not in your configuration; please report it".to_owned(),
    };
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(2)
}

/// What a stream shows.
fn terminal(stream: &impl IsTerminal) -> Terminal {
    Terminal::of(stream.is_terminal(), |name| std::env::var_os(name)?.into_string().ok())
}
