# A private server is gone after the run, and the load with it.
env -i PATH="$PATH" "$BIGDATA" row_by_row --resume
