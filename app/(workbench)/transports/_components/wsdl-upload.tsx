"use client";
import { ActionIcon, Button } from "@mantine/core";
import { FileIcon, Trash2Icon, UploadIcon } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { useController } from "react-hook-form";
import { Badge } from "#app/_ui/badge.tsx";
import { useFieldError } from "#app/_ui/form-fields.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import type { FormValues } from "./form-values.ts";
import { putWsdlFirst, readFiles } from "./read-files.ts";

type Props = {
  /** Name of the stored WSDL's first file, null when none was uploaded. */
  storedName: string | null;
  /** Called with every change of the files. */
  onFiles: () => void;
};

/** The files of a WSDL, dropped here or picked: the WSDL and the schemas that it imports, found by their names. */
export function WsdlUpload({ storedName, onFiles }: Props) {
  const { field } = useController<FormValues, "soap.documents">({ name: "soap.documents" });
  const error = useFieldError("soap.documents");
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const files = field.value;

  const add = async (list: FileList | null) => {
    const added = await readFiles(list ?? []);
    if (added.length === 0) return;
    const names = new Set(added.map(({ name }) => name));
    field.onChange(putWsdlFirst([...files.filter(({ name }) => !names.has(name)), ...added]));
    onFiles();
  };
  const remove = (name: string) => {
    field.onChange(files.filter((file) => file.name !== name));
    box.current?.querySelector<HTMLElement>("[data-pick]")?.focus();
    onFiles();
  };
  const drag = (event: DragEvent, over: boolean) => {
    event.preventDefault();
    setOver(over);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is only a second way; the button does the same.
    <div
      ref={box}
      className="drop-zone"
      data-over={isOver || undefined}
      data-error={error ? true : undefined}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        void add(event.dataTransfer.files);
      }}
    >
      <div className="flex flex-wrap items-center gap-3">
        <Button
          ref={field.ref}
          data-pick
          variant="default"
          leftSection={<UploadIcon size={16} aria-hidden />}
          aria-describedby={id}
          aria-invalid={error ? true : undefined}
          onClick={() => picker.current?.click()}
        >
          Choose files
        </Button>
        <span id={id} className="min-w-0 text-sm text-dimmed">
          or drop them here: the WSDL and the schemas that it imports.
          {storedName && files.length === 0 && ` ${storedName} stays until you do.`}
        </span>
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        accept=".wsdl,.xsd,.xml,.asmx,text/xml,application/xml"
        className="hidden"
        aria-label="Files of the WSDL"
        onChange={(event) => {
          void add(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      {files.length > 0 && (
        <ul className="m-0 mt-3 grid list-none gap-1 p-0" aria-label="Files to upload">
          {files.map(({ name, text }, index) => (
            <li key={name} className="flex items-center gap-2">
              <FileIcon size={16} aria-hidden className="shrink-0 text-dimmed" />
              <span className="min-w-0 wrap-anywhere">{name}</span>
              <span className="text-sm whitespace-nowrap text-dimmed">{formatBytes(text.length)}</span>
              {index === 0 && <Badge tone="info">WSDL</Badge>}
              <ActionIcon
                className="ml-auto"
                variant="subtle"
                color="gray"
                aria-label={`Remove ${name}`}
                onClick={() => remove(name)}
              >
                <Trash2Icon size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <p role="alert" className="m-0 text-sm text-bad [&:not(:empty)]:mt-2">
        {error}
      </p>
    </div>
  );
}
