"use client";
import { ActionIcon, Button } from "@mantine/core";
import { FileIcon, Trash2Icon, UploadIcon } from "lucide-react";
import { type DragEvent, type ReactNode, useId, useRef, useState } from "react";
import { useController, useFormContext } from "react-hook-form";
import { Remark, SecretInput, TextField, useFieldError } from "./form-fields.tsx";
import type { KeyPairValues } from "./key-pair-values.ts";
import { readKeyFiles } from "./read-key-files.ts";

type Props = {
  /** What stands before the names of the fields, such as `clientCertificate.`. */
  prefix?: string;
  /** When the stored key was set, null when there is none. */
  setAt: string | null;
  certificateDescription: ReactNode;
  /** What to say below a field, by its name without the prefix. */
  remarks?: Partial<Record<string, string>>;
};

/** A private key and its certificate: files, dropped or picked, or text that is pasted. */
export function KeyPairFields({ prefix = "", setAt, certificateDescription, remarks = {} }: Props) {
  const { watch, setValue } = useFormContext();
  const [privateKey, pkcs12] = watch([`${prefix}privateKey`, `${prefix}pkcs12`]) as [string | undefined, string];
  const [fileName, setFileName] = useState("");
  const name = (field: keyof KeyPairValues) => `${prefix}${field}`;

  const take = async (files: File[]) => {
    if (files.length === 0) return;
    const found = await readKeyFiles(files);
    const put = (field: keyof KeyPairValues, value: string) =>
      setValue(name(field), value, { shouldDirty: true, shouldValidate: false });
    if (found.pkcs12) {
      setFileName(files.length === 1 ? (files[0]?.name ?? "") : "PKCS #12 file");
      return put("pkcs12", found.pkcs12);
    }
    put("pkcs12", "");
    if (found.privateKey) put("privateKey", found.privateKey);
    if (found.certificate) put("certificate", found.certificate);
  };
  const asksPassphrase = pkcs12 !== "" || (privateKey ?? "").includes("ENCRYPTED");
  return (
    <>
      <KeyFilePicker
        name={name("pkcs12")}
        fileName={pkcs12 === "" ? null : fileName || "PKCS #12 file"}
        onFiles={(files) => void take(files)}
        onRemove={() => setValue(name("pkcs12"), "", { shouldDirty: true })}
      />
      {pkcs12 === "" && (
        <SecretInput
          name={name("privateKey")}
          label="Private key"
          multiline
          setAt={setAt}
          description="PEM, from a file or pasted. It is encrypted here and never shown again."
          remark={remarks.privateKey}
        />
      )}
      {asksPassphrase && (
        <SecretInput
          name={name("passphrase")}
          label={pkcs12 === "" ? "Passphrase of the key" : "Password of the file"}
          setAt={null}
          description="Used once to open it, and not kept."
          remark={remarks.passphrase}
        />
      )}
      {pkcs12 === "" && (
        <TextField
          name={name("certificate")}
          label="Certificate"
          rows={{ min: 3, max: 14 }}
          mono
          description={certificateDescription}
          remark={remarks.certificate}
        />
      )}
      {pkcs12 !== "" && <Remark>{setAt !== null && "It takes the place of the stored key and certificate."}</Remark>}
    </>
  );
}

type PickerProps = {
  name: string;
  /** The PKCS #12 file that was taken, null when none was. */
  fileName: string | null;
  onFiles: (files: File[]) => void;
  onRemove: () => void;
};

function KeyFilePicker({ name, fileName, onFiles, onRemove }: PickerProps) {
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
          or drop them here: a PKCS #12 file (.pfx, .p12), or key and certificate in PEM.
        </span>
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        accept=".pfx,.p12,.pem,.key,.crt,.cer,.der,application/x-pkcs12,application/x-pem-file"
        className="hidden"
        aria-label="Files of key and certificate"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {fileName !== null && (
        <div className="mt-3 flex items-center gap-2">
          <FileIcon size={16} aria-hidden className="shrink-0 text-dimmed" />
          <span className="min-w-0 wrap-anywhere">{fileName}</span>
          <ActionIcon
            className="ml-auto"
            variant="subtle"
            color="gray"
            aria-label={`Remove ${fileName}`}
            onClick={() => {
              onRemove();
              box.current?.querySelector<HTMLElement>("[data-pick]")?.focus();
            }}
          >
            <Trash2Icon size={16} aria-hidden />
          </ActionIcon>
        </div>
      )}
      <p role="alert" className="m-0 text-sm text-bad [&:not(:empty)]:mt-2">
        {error}
      </p>
    </div>
  );
}
