using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Patterns;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>The keywords about lists, objects and branches.</summary>
internal sealed partial class NodeBuilder
{
    private void AddCounts()
    {
        if (_keywords.Count("minItems") is { } minimumItems)
        {
            _checks.Add(new ItemCountCheck("minItems", minimumItems, long.MaxValue, _keywords.LocationOf("minItems")));
        }

        if (_keywords.Count("maxItems") is { } maximumItems)
        {
            _checks.Add(new ItemCountCheck("maxItems", 0, maximumItems, _keywords.LocationOf("maxItems")));
        }

        if (_keywords.Flag("uniqueItems"))
        {
            _checks.Add(new UniqueItemsCheck(_keywords.LocationOf("uniqueItems")));
        }

        if (_keywords.Count("minProperties") is { } minimumMembers)
        {
            _checks.Add(new PropertyCountCheck("minProperties", minimumMembers, long.MaxValue, _keywords.LocationOf("minProperties")));
        }

        if (_keywords.Count("maxProperties") is { } maximumMembers)
        {
            _checks.Add(new PropertyCountCheck("maxProperties", 0, maximumMembers, _keywords.LocationOf("maxProperties")));
        }

        if (_keywords.Names("required") is { Length: > 0 } required)
        {
            _checks.Add(new RequiredCheck(required, _keywords.LocationOf("required")));
        }

        if (_keywords.Map("dependentRequired") is { } dependencies)
        {
            var names = new SchemaKeywords(graph, document, $"{pointer}/dependentRequired", dependencies);
            _checks.Add(new DependentRequiredCheck(
                [.. dependencies.EnumerateObject().Select(JsonText.NameOf).Select(name => (name, names.Names(name) ?? []))],
                _keywords.LocationOf("dependentRequired")));
        }
    }

    private void AddItems()
    {
        var first = _keywords.Schemas("prefixItems") ?? [];
        var rest = _keywords.Schema("items");
        if (first.Length > 0 || rest is not null)
        {
            _checks.Add(new ItemsCheck(first, rest, _keywords.LocationOf("items")));
        }

        if (_keywords.Schema("contains") is { } contained)
        {
            var counts = _vocabularies.HasFlag(Vocabularies.Validation);
            _checks.Add(new ContainsCheck(
                contained,
                counts ? _keywords.Count("minContains") ?? 1 : 1,
                counts ? _keywords.Count("maxContains") ?? long.MaxValue : long.MaxValue,
                _keywords.LocationOf("contains")));
        }
    }

    private void AddProperties()
    {
        var byName = _keywords.SchemaMap("properties") ?? [];
        var byPattern = new List<(EcmaPattern, SchemaNode)>();
        foreach (var (source, patterned) in _keywords.SchemaMap("patternProperties") ?? [])
        {
            if (PatternOf(source, "patternProperties") is { } pattern)
            {
                byPattern.Add((pattern, patterned));
            }
        }

        var others = _keywords.Schema("additionalProperties");
        if (byName.Count > 0 || byPattern.Count > 0 || others is not null)
        {
            _checks.Add(new PropertiesCheck(new NameTable<SchemaNode>(byName), [.. byPattern], others, _keywords.LocationOf("additionalProperties")));
        }

        if (_keywords.Schema("propertyNames") is { } names)
        {
            _checks.Add(new PropertyNamesCheck(names, _keywords.LocationOf("propertyNames")));
        }

        if (_keywords.SchemaMap("dependentSchemas") is { } dependencies)
        {
            _checks.Add(new DependentSchemasCheck([.. dependencies.Select(entry => (entry.Key, entry.Value))], _keywords.LocationOf("dependentSchemas")));
        }
    }

    private void AddBranches()
    {
        if (_keywords.Schemas("allOf") is { } all)
        {
            _checks.Add(new AllOfCheck(all, _keywords.LocationOf("allOf")));
        }

        if (_keywords.Schemas("anyOf") is { } any)
        {
            _checks.Add(new AlternativesCheck("anyOf", any, exactlyOne: false, _keywords.LocationOf("anyOf")));
        }

        if (_keywords.Schemas("oneOf") is { } one)
        {
            _checks.Add(new AlternativesCheck("oneOf", one, exactlyOne: true, _keywords.LocationOf("oneOf")));
        }

        if (_keywords.Schema("not") is { } excluded)
        {
            _checks.Add(new NotCheck(excluded, _keywords.LocationOf("not")));
        }

        if (_keywords.Schema("if") is { } condition)
        {
            _checks.Add(new ConditionCheck(condition, _keywords.Schema("then"), _keywords.Schema("else"), _keywords.LocationOf("if")));
        }
    }

    private void AddUnevaluated()
    {
        if (_keywords.Schema("unevaluatedItems") is { } items)
        {
            node.AsksForUnevaluated = true;
            _checks.Add(new UnevaluatedItemsCheck(items, _keywords.LocationOf("unevaluatedItems")));
        }

        if (_keywords.Schema("unevaluatedProperties") is { } members)
        {
            node.AsksForUnevaluated = true;
            _checks.Add(new UnevaluatedPropertiesCheck(members, _keywords.LocationOf("unevaluatedProperties")));
        }
    }
}
