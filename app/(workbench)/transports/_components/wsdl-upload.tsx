"use client";
import { useController } from "react-hook-form";
import { Badge } from "#app/_ui/badge.tsx";
import { DropZone } from "#app/_ui/drop-zone.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import type { FormValues } from "./form-values.ts";
import { putWsdlFirst, readFiles, wsdlFileTypes } from "./read-files.ts";

type Props = {
  /** Name of the stored WSDL's first file, null when none was uploaded. */
  storedName: string | null;
  /** Called with every change of the files. */
  onFiles: () => void;
};

/** The files of a WSDL, dropped here or picked: the WSDL and the schemas that it imports, found by their names. */
export function WsdlUpload({ storedName, onFiles }: Props) {
  const { field } = useController<FormValues, "soap.documents">({ name: "soap.documents" });
  const files = field.value;
  const add = async (list: File[]) => {
    const added = await readFiles(list);
    if (added.length === 0) return;
    const names = new Set(added.map(({ name }) => name));
    field.onChange(putWsdlFirst([...files.filter(({ name }) => !names.has(name)), ...added]));
    onFiles();
  };
  return (
    <DropZone
      name="soap.documents"
      hint={`the WSDL and the schemas that it imports.${storedName && files.length === 0 ? ` ${storedName} stays until you do.` : ""}`}
      accept={wsdlFileTypes}
      label="Files of the WSDL"
      listLabel="Files to upload"
      files={files.map(({ name, text }, index) => ({
        name,
        details: (
          <>
            <span className="text-sm whitespace-nowrap text-dimmed">{formatBytes(text.length)}</span>
            {index === 0 && <Badge tone="info">WSDL</Badge>}
          </>
        ),
      }))}
      onFiles={(list) => void add(list)}
      onRemove={(name) => {
        field.onChange(files.filter((file) => file.name !== name));
        onFiles();
      }}
    />
  );
}
