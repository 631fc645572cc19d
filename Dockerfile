# Two images: a worker (the last stage, so the default), and a Scrapyd, whose crawls come as eggs: --target scrapyd.
# No Chromium: nothing here opens a browser. No secret goes in; all of them come from the environment of a container.

FROM python:3.11.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt /build/
COPY deploy/live.txt /build/deploy/
# What has no wheel for this machine would need a compiler: better to hear that here.
RUN /venv/bin/pip install --only-binary=:all: --requirement /build/requirements.txt \
    --requirement /build/deploy/live.txt

FROM packages AS packages-scrapyd
COPY deploy/requirements.txt /build/deploy/
RUN /venv/bin/pip install --only-binary=:all: --constraint /build/requirements.txt \
    --requirement /build/deploy/requirements.txt

FROM packages AS code
COPY jira_crawler /app/jira_crawler
COPY fake_jira /app/fake_jira
COPY fake_github /app/fake_github
COPY fake_server /app/fake_server
COPY deploy/healthy.py /app/
RUN python -m compileall -q /app

FROM python:3.11.11-slim-bookworm AS base
RUN useradd --uid 10001 --create-home crawler \
    && install -d -o crawler -g crawler /data /data/scrapyd
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 XDG_STATE_HOME=/data/state
VOLUME /data
USER 10001

# Without the project's code: a copy of it would come before the one in an egg.
FROM base AS scrapyd
COPY --from=packages-scrapyd /venv /venv
COPY deploy/healthy.py /app/
COPY deploy/scrapyd.conf /etc/scrapyd/scrapyd.conf
# Among the packages, because the folder that Scrapyd starts in is a volume.
COPY deploy/scrapyd_locked.py /venv/lib/python3.11/site-packages/
WORKDIR /data/scrapyd
EXPOSE 6800
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["python", "/app/healthy.py", "scrapyd"]
CMD ["python", "-m", "scrapyd"]

# Started in /data, so that relative paths (output, JOBDIR) lie in the volume.
FROM base AS worker
COPY --from=packages /venv /venv
COPY --from=code /app /app
ENV PYTHONPATH=/app SCRAPY_SETTINGS_MODULE=jira_crawler.settings
WORKDIR /data
CMD ["scrapy", "crawl", "jira", "-s", "STAY=1"]
