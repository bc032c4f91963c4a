"use client";
import { type ReactNode, useState } from "react";
import { useFormContext } from "react-hook-form";
import { DropZone } from "./drop-zone.tsx";
import { Remark, SecretInput, TextField } from "./form-fields.tsx";
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
      <DropZone
        name={name("pkcs12")}
        hint="a PKCS #12 file (.pfx, .p12), or key and certificate in PEM."
        accept=".pfx,.p12,.pem,.key,.crt,.cer,.der,application/x-pkcs12,application/x-pem-file"
        label="Files of key and certificate"
        listLabel="Files to use"
        files={pkcs12 === "" ? [] : [{ name: fileName || "PKCS #12 file" }]}
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
