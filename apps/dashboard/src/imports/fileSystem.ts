/** The file that a person chose in the browser, as the file system from which people are read. */
import { ByteSize, Effect, FileSystem, Option, Stream } from "effect"

const info = (size: number): FileSystem.File.Info => ({
  type: "File",
  mtime: Option.none(),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 0n,
  ino: Option.none(),
  mode: 0,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: ByteSize.bytes(size),
  blksize: Option.none(),
  blocks: Option.none()
})

/** Every path is this file. */
export const layerFile = (file: File) =>
  FileSystem.layerNoop({
    stat: () => Effect.succeed(info(file.size)),
    readFile: () =>
      Effect.map(
        Effect.promise(() => file.arrayBuffer()),
        (bytes) => new Uint8Array(bytes)
      ),
    stream: (_, options) => {
      const part = options?.bytesToRead === undefined ? file : file.slice(0, Number(options.bytesToRead))
      return Stream.fromReadableStream({
        evaluate: () => part.stream(),
        onError: (cause) => cause
      }).pipe(Stream.orDie)
    }
  })
