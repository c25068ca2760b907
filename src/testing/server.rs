//! A server on loopback that answers GETs.

use std::borrow::ToOwned;
use std::format;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::string::String;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The most bytes of a request that are read.
const MAX_REQUEST: u64 = 65_536;

pub(super) struct Server {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Server {
    pub(super) fn bind() -> io::Result<(Self, TcpListener)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        Ok((Self { address, ended: Arc::default() }, listener))
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `answer` has the status and the body for a path, or nothing where the connection just ends.
    pub(super) fn serve(
        &self,
        listener: TcpListener,
        answer: impl Fn(&str) -> Option<(u16, String)> + Send + Sync + 'static,
    ) {
        let (ended, answer) = (Arc::clone(&self.ended), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), answer) = (stream, Arc::clone(&answer)) else { continue };
                // Whoever asked may be gone.
                thread::spawn(move || respond(stream, |path| answer(path)).ok());
            }
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread that accepts looks.
        drop(TcpStream::connect(self.address));
    }
}

fn respond(mut stream: TcpStream, answer: impl Fn(&str) -> Option<(u16, String)>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?.take(MAX_REQUEST));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let Some((status, body)) = answer(&path) else { return Ok(()) };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
    stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes())
}
