import { allGroup } from "./all-group.ts";
import { anyAttribute } from "./any-attribute.ts";
import { anyType } from "./any-type.ts";
import { bindingWithoutService } from "./binding-without-service.ts";
import type { CorpusCase } from "./case.ts";
import { chameleonInclude } from "./chameleon-include.ts";
import { complexRestriction } from "./complex-restriction.ts";
import { datesWithTimeZones } from "./dates-with-time-zones.ts";
import { decimalPrecision } from "./decimal-precision.ts";
import { defaultAndFixedValues } from "./default-and-fixed-values.ts";
import { emptyMessage } from "./empty-message.ts";
import { enumerationsWithSpaces } from "./enumerations-with-spaces.ts";
import { groupReferences } from "./group-references.ts";
import { headerParts } from "./header-parts.ts";
import { importCycle } from "./import-cycle.ts";
import { mixedContent } from "./mixed-content.ts";
import { mtom } from "./mtom.ts";
import { nestedRepeatingChoices } from "./nested-repeating-choices.ts";
import { nillableAndOptional } from "./nillable-and-optional.ts";
import { oneLocalNameInTwoNamespaces } from "./one-local-name-in-two-namespaces.ts";
import { oneWay } from "./one-way.ts";
import { overloadedOperations } from "./overloaded-operations.ts";
import { qualifiedAndUnqualified } from "./qualified-and-unqualified.ts";
import { recursiveChoice } from "./recursive-choice.ts";
import { repeatedSequences } from "./repeated-sequences.ts";
import { rpcEncodedArrays } from "./rpc-encoded-arrays.ts";
import { rpcLiteral } from "./rpc-literal.ts";
import { simpleContentRestriction } from "./simple-content-restriction.ts";
import { soap12Only } from "./soap12-only.ts";
import { substitutionGroups } from "./substitution-groups.ts";
import { twoDimensionalArray } from "./two-dimensional-array.ts";
import { twoServicesOneName } from "./two-services-one-name.ts";
import { unionOfLists } from "./union-of-lists.ts";
import { unusualNames } from "./unusual-names.ts";
import { wsaActionDefaults } from "./wsa-action-defaults.ts";
import { xsiTypeAbstractRoot } from "./xsi-type-abstract-root.ts";

/** All cases by their traits. */
export const corpus: Record<string, CorpusCase> = {
  "all-group": allGroup,
  "any-attribute": anyAttribute,
  "any-type": anyType,
  "binding-without-service": bindingWithoutService,
  "chameleon-include": chameleonInclude,
  "complex-restriction": complexRestriction,
  "dates-with-time-zones": datesWithTimeZones,
  "decimal-precision": decimalPrecision,
  "default-and-fixed-values": defaultAndFixedValues,
  "empty-message": emptyMessage,
  "enumerations-with-spaces": enumerationsWithSpaces,
  "group-references": groupReferences,
  "header-parts": headerParts,
  "import-cycle": importCycle,
  "mixed-content": mixedContent,
  mtom: mtom,
  "nested-repeating-choices": nestedRepeatingChoices,
  "nillable-and-optional": nillableAndOptional,
  "one-local-name-in-two-namespaces": oneLocalNameInTwoNamespaces,
  "one-way": oneWay,
  "overloaded-operations": overloadedOperations,
  "qualified-and-unqualified": qualifiedAndUnqualified,
  "recursive-choice": recursiveChoice,
  "repeated-sequences": repeatedSequences,
  "rpc-encoded-arrays": rpcEncodedArrays,
  "rpc-literal": rpcLiteral,
  "simple-content-restriction": simpleContentRestriction,
  "soap12-only": soap12Only,
  "substitution-groups": substitutionGroups,
  "two-dimensional-array": twoDimensionalArray,
  "two-services-one-name": twoServicesOneName,
  "union-of-lists": unionOfLists,
  "unusual-names": unusualNames,
  "wsa-action-defaults": wsaActionDefaults,
  "xsi-type-abstract-root": xsiTypeAbstractRoot,
};
