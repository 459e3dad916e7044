# Thin aliases; dev.py is the door.
.PHONY: demo test check bench lock
demo test check bench lock:
	python3 dev.py $@
