"""What the sandbox asks the emulator and AWS has no call for: GET requests under /sandbox/, answered with JSON lines."""

import json
from urllib.parse import parse_qsl


def with_routes(application, routes):
    """The application with `routes`, each a path and a function of the query that gives the lines, or a LookupError for a bad query."""

    def serve(environ, start_response):
        tell = routes.get(environ.get("PATH_INFO"))
        if tell is None:
            return application(environ, start_response)
        try:
            lines = tell(dict(parse_qsl(environ.get("QUERY_STRING", ""))))
        except LookupError as error:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [str(error).encode()]
        start_response("200 OK", [("Content-Type", "application/jsonl")])
        return ["".join(f"{json.dumps(line)}\n" for line in lines).encode()]

    return serve
