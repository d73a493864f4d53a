"""moto's server for the sandbox: on 127.0.0.1 and a free port, told on the first line of standard output as {"port": n}.

It ends when standard input closes, so that it never outlives the process that started it, however that one ends. With `--forks` it
serves nothing itself, and forks servers (forks.py).
"""

import gc
import json
import os
import sys
import threading

from moto import backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model
from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.ec2.responses.flow_logs import FlowLogs
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import FakeDeleteMarker
from werkzeug.serving import make_server

import access
import client_path
import interfaces
import load_balancers
import message_moves
import queues
import security_groups
import target_groups
import targets
from forks import serve_forks
from sandbox_routes import with_routes

ROUTES = {targets.CHANGES_PATH: targets.tell_changes, client_path.CLIENT_PATH: client_path.tell}


def keep_destinations():
    """Keeps what moto 5.2.5 forgets of a flow log (file format, Hive, hourly), and lets it deliver to a folder of a bucket:
    moto takes everything after `arn:aws:s3:::` for the bucket's name."""
    respond = FlowLogs.create_flow_logs
    create = FlowLogsBackend.create_flow_logs
    asked = threading.local()

    def create_flow_logs(response):
        asked.options = response._get_param("DestinationOptions")
        return respond(response)

    def create_in_backend(backend, *args, log_destination=None, **kwargs):
        bucket = log_destination and log_destination.split("/")[0]
        flow_logs, errors = create(backend, *args, log_destination=bucket, **kwargs)
        for flow_log in flow_logs:
            flow_log.destination_options = asked.options
            flow_log.log_destination = log_destination
        return flow_logs, errors

    FlowLogs.create_flow_logs = create_flow_logs
    FlowLogsBackend.create_flow_logs = create_in_backend


def let_delete_markers_go():
    """moto 5.2.5 disposes of every version of a key that goes, and crashes on those that are delete markers."""
    FakeDeleteMarker.dispose = lambda marker: None


def remember_modules():
    """moto 5.2.5 reads its own folder for each request."""
    names = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: names


# the services that a whole stack uses: what a fork would load again, for itself
LOADED = ["acm", "backup", "cloudtrail", "cloudwatch", "config", "ec2", "elbv2", "events", "iam", "kms", "awslambda", "logs"]
LOADED += ["rds", "s3", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts"]


def load(service, dispatcher):
    """Makes a service's routes, reads what botocore knows of its requests, and where in the world it is."""
    dispatcher.app_instances[service] = create_backend_app(service)
    get_service_model("lambda" if service == "awslambda" else service)
    backends.get_backend(service)[DEFAULT_ACCOUNT_ID]


def end_with(parent):
    parent.read()
    os._exit(0)


def serve(application, parent):
    """Serves until `parent`, a file, is at its end."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    os.environ["MOTO_PORT"] = str(server.port)
    threading.Thread(target=end_with, args=[parent], daemon=True).start()
    threading.Thread(target=targets.keep_watch, daemon=True).start()
    print(json.dumps({"pid": os.getpid(), "port": server.port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    access.install()
    remember_modules()
    keep_destinations()
    let_delete_markers_go()
    queues.install()
    message_moves.install()
    interfaces.install()
    security_groups.install()
    load_balancers.install()
    target_groups.install()
    dispatcher = DomainDispatcherApplication(create_backend_app)
    application = with_routes(dispatcher, ROUTES)
    if sys.argv[1:] == ["--forks"]:
        for service in LOADED:
            load(service, dispatcher)
        backends.get_backend("ec2")[DEFAULT_ACCOUNT_ID]["eu-west-1"]  # the first region's images and types are read for all
        gc.collect()
        gc.freeze()  # or each fork copies all of it when it collects
        serve_forks(lambda parent: serve(application, parent))
    else:
        serve(application, sys.stdin.buffer)
