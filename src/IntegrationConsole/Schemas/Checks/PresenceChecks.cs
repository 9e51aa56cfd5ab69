using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Checks;

internal sealed class RequiredCheck : Check
{
    private readonly string[] _names;
    private readonly NameTable<int> _places;

    public RequiredCheck(string[] names, string location)
        : base("required", location)
    {
        _names = names;
        _places = new NameTable<int>(names.Index().Select(entry => KeyValuePair.Create(entry.Item, entry.Index)));
    }

    public override bool Passes(JsonElement value, Evaluation run, SeenChildren? seen)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return true;
        }

        var found = new SeenChildren(_names.Length);
        var missing = _names.Length;
        foreach (var property in value.EnumerateObject())
        {
            if (_places.TryFind(property, out var place) && !found.Contains(place))
            {
                found.Add(place);
                missing--;
            }
        }

        return missing == 0 || (run.IsRecording && FailEach(run, found));
    }

    private bool FailEach(Evaluation run, SeenChildren found)
    {
        foreach (var (place, name) in _names.Index().Where(entry => !found.Contains(entry.Index)))
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
}
