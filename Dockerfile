# One image for all: `manage.py serve` (web and cluster, SQLite), gunicorn (web), `manage.py work` (cluster).
# docs/deploy.md tells how to run it.
FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt .
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt \
    && .venv/bin/pip uninstall --yes pip
COPY . .
# The key is for this command alone: it is in no layer, and nothing collected depends on it.
RUN DEBUG=false SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost DATA_DIR=/tmp/build STATIC_ROOT=/app/staticfiles \
    .venv/bin/python manage.py collectstatic --no-input \
    && .venv/bin/python -m compileall -q config imports enrichment

FROM python:3.11-slim
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=false \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/staticfiles
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin reelkeeper \
    && install --directory --owner reelkeeper --group reelkeeper --mode 0700 /data
WORKDIR /app
COPY --from=build /app /app
USER reelkeeper
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-m", "config.healthcheck"]
CMD ["python", "manage.py", "serve"]
