import { CopyButton } from "./copy-button.tsx";

type Props = {
  value: string;
  /** Name of the button, such as `Copy the URL`. */
  label: string;
  isCode?: boolean;
};

/** A value with a button that copies it. */
export function CopiedValue({ value, label, isCode = false }: Props) {
  const Text = isCode ? "code" : "span";
  return (
    <span className="inline-flex max-w-full items-start gap-1">
      <Text className="min-w-0 wrap-anywhere">{value}</Text>
      <CopyButton value={value} label={label} />
    </span>
  );
}
