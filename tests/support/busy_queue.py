"""Receives and deletes the messages of one queue in many threads that take turns all the time; says what came of them.

python busy_queue.py <folder of the emulator's modules>
"""

import json
import sys
import threading

sys.path.insert(0, sys.argv[1])

from moto.sqs.models import sqs_backends

import queues

queues.install()
sys.setswitchinterval(1e-6)

MESSAGES = 120
THREADS = 6

backend = sqs_backends["123456789012"]["eu-west-1"]
backend.create_queue("busy", {})
for number in range(MESSAGES):
    backend.send_message("busy", str(number))
received = []


def take_all():
    while got := backend.receive_message("busy", 10, 0, 600):
        for message in got:
            received.append(message.body)
            backend.delete_message("busy", message.receipt_handle)


threads = [threading.Thread(target=take_all) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
left = len(backend.get_queue("busy")._messages)
print(json.dumps({"received": len(received), "different": len(set(received)), "left": left}))
