using System.Text.Json;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Says in words what was agreed otherwise than before.</summary>
internal static class AgreementDiff
{
    public static IEnumerable<string> Between(MappingDocument before, MappingDocument after) =>
    [
        .. Schemas("input schema", before.InputSchema, after.InputSchema),
        .. Rule("input schema", before.InputMisfit, after.InputMisfit),
        .. Schemas("output schema", before.OutputSchema, after.OutputSchema),
        .. Rule("output schema", before.OutputMisfit, after.OutputMisfit),
    ];

    private static List<string> Schemas(string name, string before, string after)
    {
        if (before == after)
        {
            return [];
        }

        if (before.Length == 0 || after.Length == 0)
        {
            return [before.Length == 0 ? $"records are held against the {name}, which is new" : $"the {name} is gone"];
        }

        if (AgreedSchema.Compile(before) is SchemaCompilation.Refused || AgreedSchema.Compile(after) is SchemaCompilation.Refused)
        {
            return [$"the {name} changed"];
        }

        var (old, now) = (JsonElement.Parse(before), JsonElement.Parse(after));
        if (JsonElement.DeepEquals(old, now))
        {
            return [];
        }

        var changes = Fields(SchemaOutline.Of(old), SchemaOutline.Of(now)).Select(change => $"{name}: {change}").ToList();
        if (SchemaOutline.Whole(old) != SchemaOutline.Whole(now))
        {
            changes.Add($"{name}: the rules for the whole of it changed");
        }

        return changes.Count > 0 ? changes : [$"the {name} changed"];
    }

    private static IEnumerable<string> Fields(Dictionary<string, OutlinedField> before, Dictionary<string, OutlinedField> after)
    {
        foreach (var (path, field) in after.Where(entry => !before.ContainsKey(entry.Key)))
        {
            yield return field.IsRequired ? $"{path} is new and required" : $"{path} is new";
        }

        foreach (var path in before.Keys.Where(path => !after.ContainsKey(path)))
        {
            yield return $"{path} is no longer named";
        }

        foreach (var (path, now) in after)
        {
            if (!before.TryGetValue(path, out var old))
            {
                continue;
            }

            if (old.IsRequired != now.IsRequired)
            {
                yield return now.IsRequired ? $"{path} is now required" : $"{path} is no longer required";
            }

            if (old.Types != now.Types)
            {
                yield return $"{path} is now {TypesOf(now)} instead of {TypesOf(old)}";
            }

            if (old.OtherRules != now.OtherRules)
            {
                yield return $"{path} has other rules";
            }
        }
    }

    private static string[] Rule(string name, MisfitRule before, MisfitRule after) => before == after ? [] :
    [
        after switch
        {
            MisfitRule.Reject => $"records that do not fit the {name} are set aside",
            MisfitRule.Note => $"records that do not fit the {name} go on, and are counted in the run's log",
        },
    ];

    private static string TypesOf(OutlinedField field) => field.Types.Length > 0 ? field.Types : "of any type";
}
