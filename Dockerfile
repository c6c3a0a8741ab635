# Two images from one file: `--target api` (no TensorFlow) and `--target indexer` (prepares the models too).
ARG PYTHON=3.12-slim-bookworm

FROM python:${PYTHON} AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH \
    FTA_DATA_DIR=/data \
    FTA_LOG_FORMAT=json
RUN useradd --system --uid 10001 --home-dir /data findtheactor \
    && install --directory --owner findtheactor --group findtheactor /data /data/models \
    && python -m venv /opt/venv
WORKDIR /data

FROM base AS project
COPY . /src
# The build backend, too, is the one of the lock, with its hashes.
RUN sed -n '/^setuptools==/,/[^\\]$/p' /src/requirements/index.lock > /build.lock \
    && pip install --no-cache-dir --no-deps --require-hashes --requirement /build.lock \
    && pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels /src

FROM base AS api-packages
COPY requirements/serve.lock /requirements.lock
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /requirements.lock
COPY --from=project /wheels /wheels
RUN pip install --no-cache-dir --no-deps /wheels/*.whl

FROM base AS indexer-packages
COPY requirements/index.lock /requirements.lock
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement /requirements.lock
COPY --from=project /wheels /wheels
RUN pip install --no-cache-dir --no-deps /wheels/*.whl

FROM base AS indexer
COPY --from=indexer-packages /opt/venv /opt/venv
USER findtheactor
VOLUME /data
ENTRYPOINT ["findtheactor"]
CMD ["index", "schedule"]
# Healthy: it reaches its database, and the tables are those of this version.
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s CMD ["findtheactor", "db", "status"]

FROM base AS api
COPY --from=api-packages /opt/venv /opt/venv
ENV FTA_HOST=0.0.0.0
USER findtheactor
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["findtheactor"]
CMD ["serve"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
