"""A provider on loopback that takes every SMS: what it costs is its own process's, not the house's."""

from __future__ import annotations

import http.server
import itertools
import multiprocessing
import socketserver
import time

_ids = itertools.count()


class _Twilio(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    delay = 0.0  # seconds before it answers

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(self.delay)
        body = b'{"sid": "SM%032x", "status": "queued"}' % next(_ids)
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


def serve(delay: float = 0.0) -> tuple[multiprocessing.Process, int]:
    """(process, port); terminate the process afterwards. It answers after `delay` seconds."""
    _Twilio.delay = delay
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Twilio)
    socketserver.TCPServer.request_queue_size = 64
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    server.socket.close()
    return process, int(server.server_address[1])
