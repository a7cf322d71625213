# syntax=docker/dockerfile:1
# Two images from one file:
#   docker build --target api    -t lamina-api .       no PyTorch, no ONNX runtime
#   docker build --target worker -t lamina-worker .    with PyTorch and its CUDA libraries, several gigabytes;
#                                                      --build-arg EXTRAS=classic leaves them out

FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_CACHE_DIR=/var/cache/pip \
    LAMINA_DATA_DIR=/var/lib/lamina
RUN useradd --system --home-dir /var/lib/lamina --create-home lamina
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY app ./app
COPY model ./model
COPY worker ./worker
COPY lamina ./lamina
COPY migrations ./migrations

FROM base AS api
# Words are set anew with the system's fonts; more of them may be added here or mounted into /usr/share/fonts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fontconfig fonts-dejavu-core fonts-liberation fonts-noto-core fonts-noto-cjk libfribidi0 \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=cache,target=/var/cache/pip pip install --constraint constraints.txt .
USER lamina
WORKDIR /var/lib/lamina
ENV LAMINA_LISTEN=0.0.0.0 \
    LAMINA_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
CMD ["lamina", "api"]

FROM base AS worker
ARG EXTRAS=classic,gpu,quantised
# For a GPU, Triton builds its launchers with a C compiler; without one the model runs uncompiled.
RUN case ",${EXTRAS}," in *,gpu,*) \
        apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/* ;; \
    esac
RUN --mount=type=cache,target=/var/cache/pip pip install --constraint constraints.txt ".[${EXTRAS}]"
USER lamina
WORKDIR /var/lib/lamina
CMD ["lamina", "worker"]
