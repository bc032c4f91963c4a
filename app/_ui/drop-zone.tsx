"use client";
import { ActionIcon, Button } from "@mantine/core";
import { FileIcon, Trash2Icon, UploadIcon } from "lucide-react";
import { type DragEvent, type ReactNode, useId, useRef, useState } from "react";
import { useController } from "react-hook-form";
import { useFieldError } from "./form-fields.tsx";

type Props = {
  /** The field of the form whose validation error is shown, and which gets the focus for it. */
  name: string;
  /** Completes "or drop them here:". */
  hint: ReactNode;
  /** Endings and media types of the files. */
  accept: string;
  /** What the files are, for screen readers. */
  label: string;
  onFiles: (files: File[]) => void;
  files: { name: string; details?: ReactNode }[];
  listLabel: string;
  onRemove: (name: string) => void;
};

/** Takes files that are dropped on it or selected, and lists them. */
export function DropZone({ name, hint, accept, label, onFiles, files, listLabel, onRemove }: Props) {
  const { field } = useController({ name });
  const error = useFieldError(name);
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const drag = (event: DragEvent, over: boolean) => {
    event.preventDefault();
    setOver(over);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is only a second way; the button does the same.
    <div
      ref={box}
      data-field={name}
      className="drop-zone"
      data-over={isOver || undefined}
      data-error={error ? true : undefined}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        onFiles([...event.dataTransfer.files]);
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
          or drop them here: {hint}
        </span>
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        accept={accept}
        className="hidden"
        aria-label={label}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {files.length > 0 && (
        <ul className="m-0 mt-3 grid list-none gap-1 p-0" aria-label={listLabel}>
          {files.map((file) => (
            <li key={file.name} className="flex items-center gap-2">
              <FileIcon size={16} aria-hidden className="shrink-0 text-dimmed" />
              <span className="min-w-0 wrap-anywhere">{file.name}</span>
              {file.details}
              <ActionIcon
                className="ml-auto"
                variant="subtle"
                color="gray"
                aria-label={`Remove ${file.name}`}
                onClick={() => {
                  onRemove(file.name);
                  box.current?.querySelector<HTMLElement>("[data-pick]")?.focus();
                }}
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
