"""How long flowlogs-reader takes for a file: its own reader of S3, given the file in place of a bucket. Prints JSON."""

import json
import os
import sys
import time

from flowlogs_reader.flowlogs_reader import S3FlowLogsReader

PATH = sys.argv[1]


class LocalFile:
    def get_object(self, Bucket, Key):
        return {"Body": open(PATH, "rb"), "ContentLength": os.path.getsize(PATH)}


reader = S3FlowLogsReader("bucket", boto_client=LocalFile())
reader._get_all_keys = lambda: ["local.log.gz"]
started = time.perf_counter()
records = sum(1 for _ in reader)
print(json.dumps({"ms": 1000 * (time.perf_counter() - started), "records": records, "skipped": reader.skipped_records}))
