# One image: the command line, the rules and the offline model. Nothing is fetched when it runs.
#
#   docker build -t autoqa .
#   docker run --rm --read-only --tmpfs /tmp --network none \
#       -v /recordings:/in:ro -v /results:/out autoqa score /in --rules rules/retail-bank --out /out
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY autoqa autoqa
COPY api api
RUN python -m venv /opt/autoqa \
    && /opt/autoqa/bin/pip install --no-cache-dir ".[offline]"
# The model's parts are joined and checked once, here, and numba's cache is filled, so that the
# image can run with a read-only root.
ENV AUTOQA_CACHE_DIR=/opt/autoqa/cache
RUN /opt/autoqa/bin/python -c "from pathlib import Path; from autoqa.models import resolve; \
    resolve('base', Path('/opt/autoqa/cache'))"

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 autoqa \
    && install -d -o autoqa -g autoqa /out
COPY --from=build /opt/autoqa /opt/autoqa
WORKDIR /opt/autoqa/share
COPY rules rules
COPY examples examples
ENV PATH=/opt/autoqa/bin:$PATH \
    AUTOQA_CACHE_DIR=/opt/autoqa/cache \
    NUMBA_CACHE_DIR=/tmp/numba \
    HF_HUB_OFFLINE=1 \
    PYTHONDONTWRITEBYTECODE=1
USER autoqa
VOLUME /out
ENTRYPOINT ["autoqa"]
CMD ["--help"]
