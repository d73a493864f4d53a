"""Brings dead letters back to the queues that they came from, which moto 5.2.5 does not know.

Source: SQS API reference, StartMessageMoveTask and ListMessageMoveTasks. A message that is moved is a new one: its id, its time, and how often
it was received begin anew. One that was sent to the dead-letter queue itself came from nowhere: the task ends there as FAILED.
"""

import time
import uuid

from moto.core.responses import ActionResult
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue
from moto.sqs.responses import SQSResponse


class NoSuchQueue(SQSException):
    code = "ResourceNotFoundException"


class NoDeadLetterQueue(SQSException):
    code = "InvalidParameterValue"


def remember_origins():
    """Which queue a message was sent to first."""
    add = Queue.add_message

    def add_and_remember(queue, message):
        if not hasattr(message, "first_queue"):
            message.first_queue = queue.name  # its name: who receives a message gets a deep copy
        add(queue, message)

    Queue.add_message = add_and_remember


def queue_of(backend, arn):
    for queue in backend.queues.values():
        if queue.queue_arn == arn:
            return queue
    raise NoSuchQueue("The resource that you specified for the SourceArn parameter doesn't exist.")


def move(backend, queue, task):
    with queue._messages_lock:
        waiting = [message for message in queue._messages if message.visible]
    task["ApproximateNumberOfMessagesToMove"] = len(waiting)
    for message in waiting:
        target = backend.queues.get(message.first_queue)
        if target is None or target.dead_letter_queue is not queue:
            task.update(Status="FAILED", FailureReason="CouldNotDetermineMessageSource")
            return
        backend.send_message(target.name, message.body, message.message_attributes)
        with queue._messages_lock:
            queue._messages = [each for each in queue._messages if each is not message]
        task["ApproximateNumberOfMessagesMoved"] += 1
    task["Status"] = "COMPLETED"


def start_message_move_task(response):
    backend = response.sqs_backend
    arn = response._get_param("SourceArn")
    queue = queue_of(backend, arn)
    if not backend.list_dead_letter_source_queues(queue.name):
        raise NoDeadLetterQueue("Source queue must be configured as a Dead Letter Queue.")
    task = {
        "SourceArn": arn,
        "StartedTimestamp": int(time.time() * 1000),
        "ApproximateNumberOfMessagesMoved": 0,
    }
    move(backend, queue, task)
    queue.move_tasks = [task, *getattr(queue, "move_tasks", [])]
    return ActionResult({"TaskHandle": str(uuid.uuid4())})


def list_message_move_tasks(response):
    queue = queue_of(response.sqs_backend, response._get_param("SourceArn"))
    count = int(response._get_param("MaxResults") or 1)
    return ActionResult({"Results": getattr(queue, "move_tasks", [])[:count]})


def install():
    remember_origins()
    SQSResponse.start_message_move_task = start_message_move_task
    SQSResponse.list_message_move_tasks = list_message_move_tasks
