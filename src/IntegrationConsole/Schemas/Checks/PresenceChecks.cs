using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

internal sealed class RequiredCheck(string[] names, string location) : Check("required", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object || MemberNames.Missing(value, names) is not { Count: > 0 } missing)
        {
            return true;
        }

        foreach (var name in missing)
        {
            run.Fail(this, $"{SchemaWords.Name(name)} is missing.");
        }

        return false;
    }
}

/// <summary>Members that must be there where another one is.</summary>
internal sealed class DependentRequiredCheck((string Name, string[] Required)[] dependencies, string location) : Check("dependentRequired", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return true;
        }

        var present = MemberNames.Of(value);
        var passes = true;
        foreach (var (name, required) in dependencies)
        {
            if (present.Contains(name) && required.Where(other => !present.Contains(other)).ToList() is { Count: > 0 } missing)
            {
                passes = run.Fail(this, $"Where {SchemaWords.Name(name)} is given, {SchemaWords.List(missing)} must be too.");
            }
        }

        return passes;
    }
}

/// <summary>Schemas that hold for the whole object where a member is there.</summary>
internal sealed class DependentSchemasCheck((string Name, SchemaNode Node)[] dependencies, string location) : Check("dependentSchemas", location)
{
    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return true;
        }

        var present = MemberNames.Of(value);
        var passes = true;
        foreach (var (name, node) in dependencies)
        {
            passes &= !present.Contains(name) || run.Apply(node, value, seen);
        }

        return passes;
    }
}

internal static class MemberNames
{
    public static HashSet<string> Of(JsonElement value)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            names.Add(JsonText.NameOf(property));
        }

        return names;
    }

    public static List<string> Missing(JsonElement value, string[] names)
    {
        var present = Of(value);
        return [.. names.Where(name => !present.Contains(name))];
    }
}
