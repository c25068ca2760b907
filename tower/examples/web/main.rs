//! A web application whose users sign in, with a guarded API: see README.md.
#![allow(clippy::print_stdout, reason = "it is a program")]

mod app;

use std::env::{VarError, var};
use std::error::Error;

use app::{Settings, app};

fn settings() -> Result<Settings, VarError> {
    Ok(Settings {
        origin: var("ORIGIN").unwrap_or_else(|_| "http://localhost:3000".to_owned()),
        issuer: var("ISSUER")?,
        client_id: var("CLIENT_ID")?,
        client_secret: var("CLIENT_SECRET")?,
        resource: var("RESOURCE").unwrap_or_else(|_| "https://api.example".to_owned()),
        secret: var("SESSION_SECRET")?.into_bytes(),
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = settings()?;
    println!("{}", settings.origin);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(settings)?).await?;
    Ok(())
}
