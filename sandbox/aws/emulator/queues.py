"""Completes the queues of moto 5.2.5."""

from moto.sqs.models import Queue, SQSBackend


def keep_policies():
    """moto takes a queue's policy away whenever any other attribute is set."""
    set_attributes = Queue._set_attributes

    def set_those_given(queue, attributes, now=None):
        kept = {} if "Policy" in attributes or not hasattr(queue, "_policy_json") else {"Policy": queue.policy}
        set_attributes(queue, {**kept, **attributes}, now)

    Queue._set_attributes = set_those_given


def keep_messages():
    """moto serves each request in a thread, and replaces a queue's list of messages when it deletes one: of two at the same time, one
    brings back what the other deleted, or forgets what was sent meanwhile. Its lock guards sending only; it is reentrant."""
    delete = Queue.delete_message
    receive = SQSBackend.receive_message

    def delete_alone(queue, receipt_handle):
        with queue._messages_lock:
            delete(queue, receipt_handle)

    def receive_alone(backend, queue_name, *args, **kwargs):
        with backend.get_queue(queue_name)._messages_lock:
            return receive(backend, queue_name, *args, **kwargs)

    Queue.delete_message = delete_alone
    SQSBackend.receive_message = receive_alone


def install():
    keep_policies()
    keep_messages()
