/** Files out of what a person dropped or picked, folders included. */
import { MOST_FILES, type Outgoing } from "./uploading";

export class TooMany extends Error {
  override readonly name = "TooMany";
  constructor() {
    super(`More than ${MOST_FILES.toLocaleString("en")} files at once.`);
  }
}

/** What was picked in a file dialog; of a folder with the paths in it. */
export function picked(files: FileList, folder: string): Outgoing[] {
  if (files.length > MOST_FILES) throw new TooMany();
  return [...files].map((file) => ({
    path: under(folder, file.webkitRelativePath || file.name),
    bytes: file,
  }));
}

/** What was dropped. The list of items is gone after the event, so its entries are taken at once. */
export async function dropped(transfer: DataTransfer, folder: string): Promise<Outgoing[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return picked(transfer.files, folder);
  const found: Outgoing[] = [];
  for (const entry of entries) await walk(entry, folder, found);
  return found;
}

async function walk(entry: FileSystemEntry, folder: string, found: Outgoing[]): Promise<void> {
  if (found.length >= MOST_FILES) throw new TooMany();
  const path = under(folder, entry.name);
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path, bytes: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  while (true) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    for (const each of part) await walk(each, path, found);
  }
}

const under = (folder: string, name: string): string => `${folder === "/" ? "" : folder}/${name}`;
