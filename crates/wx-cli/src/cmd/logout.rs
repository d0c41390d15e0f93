//! `wx logout`: ends the session at the server.

use crate::app::App;
use crate::error::Error;

pub(super) async fn run(app: &App) -> Result<(), Error> {
    let client = app.attach().await?;
    let result = client.logout().await;
    client.shutdown().await;
    result?;
    app.output.note("logged out");
    Ok(())
}
