using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings;

/// <summary>Says in words what one version of a mapping does otherwise than another.</summary>
public static class MappingDiff
{
    public static IReadOnlyList<string> Between(MappingDocument before, MappingDocument after)
    {
        var old = before.Fields.GroupBy(rule => rule.Name).ToDictionary(group => group.Key, group => group.First());
        var now = after.Fields.GroupBy(rule => rule.Name).ToDictionary(group => group.Key, group => group.First());
        var renamed = Renamed(before, after, old, now);
        var changes = new List<string>();
        changes.AddRange(after.Fields.Where(rule => !old.ContainsKey(rule.Name) && !renamed.ContainsKey(rule.Name)).Select(rule => $"{rule.Name} is new: {SourceOf(rule)}"));
        changes.AddRange(before.Fields.Where(rule => !now.ContainsKey(rule.Name) && renamed.Values.All(known => known.Name != rule.Name)).Select(rule => $"{rule.Name} is no longer made"));
        foreach (var rule in after.Fields)
        {
            if (renamed.TryGetValue(rule.Name, out var former))
            {
                changes.Add($"{former.Name} is now called {rule.Name}");
                changes.AddRange(Field(former, rule));
            }
            else if (old.TryGetValue(rule.Name, out var known))
            {
                changes.AddRange(Field(known, rule));
            }
        }

        changes.AddRange(after.Conditions.Except(before.Conditions).Select(condition => $"only records are taken where {ConditionOf(condition)}"));
        changes.AddRange(before.Conditions.Except(after.Conditions).Select(condition => $"records are taken whether or not {ConditionOf(condition)}"));
        if (before.Filter != after.Filter)
        {
            changes.Add(after.Filter.Length > 0 ? $"only records are taken for which the filter holds: {after.Filter}" : $"the filter is gone: {before.Filter}");
        }

        changes.AddRange(StructureDiff.Between(before, after));
        changes.AddRange(AgreementDiff.Between(before, after));
        return changes;
    }

    /// <summary>A field that went, and one that came and takes its value from the same place, are one field with another name.</summary>
    /// <returns>What each new name was called before.</returns>
    private static Dictionary<string, FieldRule> Renamed(
        MappingDocument before, MappingDocument after, Dictionary<string, FieldRule> old, Dictionary<string, FieldRule> now)
    {
        var gone = before.Fields.Where(rule => !now.ContainsKey(rule.Name) && rule.Origin is not ValueOrigin.Constant && rule.Source.Length > 0).ToList();
        var renamed = new Dictionary<string, FieldRule>();
        foreach (var rule in after.Fields.Where(rule => !old.ContainsKey(rule.Name)))
        {
            if (gone.Find(former => former.Origin == rule.Origin && former.Source == rule.Source) is { } former && renamed.TryAdd(rule.Name, former))
            {
                gone.Remove(former);
            }
        }

        return renamed;
    }

    /// <summary>A condition as a phrase, such as <c>status is active</c>.</summary>
    public static string ConditionOf(RecordCondition condition) => condition.Operator switch
    {
        ConditionOperator.Equals => $"{condition.Path} is {ValueOf(condition)}",
        ConditionOperator.NotEquals => $"{condition.Path} is not {ValueOf(condition)}",
        ConditionOperator.Present => $"{condition.Path} has a value",
        ConditionOperator.Missing => $"{condition.Path} has no value",
    };

    private static string ValueOf(RecordCondition condition) => condition.Value.Length > 0 ? condition.Value : "empty";

    private static IEnumerable<string> Field(FieldRule before, FieldRule after)
    {
        if (before.Origin != after.Origin || before.Source != after.Source)
        {
            yield return $"{after.Name} now comes from {SourceOf(after)} instead of {SourceOf(before)}";
        }

        if (before.Type != after.Type)
        {
            yield return $"{after.Name} is now {after.Type.Words} instead of {before.Type.Words}";
        }

        if (before.Required != after.Required)
        {
            yield return after.Required ? $"{after.Name} is now required" : $"{after.Name} is no longer required";
        }

        if (before.Default != after.Default)
        {
            yield return after.Default.Length > 0 ? $"{after.Name} is {after.Default} where the record has no value" : $"{after.Name} has no default any more";
        }

        if (before.Lookup != after.Lookup)
        {
            yield return after.Lookup.Length > 0 ? $"{after.Name} goes through the lookup table {after.Lookup}" : $"{after.Name} no longer goes through {before.Lookup}";
        }

        if (!SameValues(before.Values, after.Values))
        {
            yield return after.Values is { } values
                ? $"{after.Name} knows the values {string.Join(", ", values.Take(5).Select(pair => $"{pair.Key} → {(pair.Value.Length > 0 ? pair.Value : "(empty)")}"))}{(values.Count > 5 ? $" and {values.Count - 5} more" : "")}"
                : $"{after.Name} has no values of its own any more";
        }

        if (before.LookupMiss != after.LookupMiss)
        {
            yield return $"{after.Name}: a value that the lookup table does not hold {MissOf(after.LookupMiss)}";
        }

        foreach (var (what, old, now) in ((string, string, string)[])
                 [("format", before.Format, after.Format), ("culture", before.Culture, after.Culture), ("time zone", before.TimeZone, after.TimeZone)])
        {
            if (old != now)
            {
                yield return now.Length > 0 ? $"{after.Name} is read with the {what} {now}" : $"{after.Name} is read without the {what} {old}";
            }
        }

        if ((before.Rounding, before.Decimals) != (after.Rounding, after.Decimals))
        {
            yield return after.Rounding is Rounding.None ? $"{after.Name} is no longer rounded" : $"{after.Name} now rounds to {RoundingOf(after)}";
        }

        if ((before.MaxLength, before.CutOff) != (after.MaxLength, after.CutOff))
        {
            yield return after.MaxLength == 0 ? $"{after.Name} may have any length" : $"{after.Name} has at most {after.MaxLength} characters: a longer text {(after.CutOff ? "loses its end" : "is refused")}";
        }

        if (before.OnError != after.OnError)
        {
            yield return $"{after.Name}: a value that cannot be made {ErrorOf(after.OnError)}";
        }

        if (before.Trim != after.Trim)
        {
            yield return after.Trim ? $"{after.Name} is trimmed" : $"{after.Name} is no longer trimmed";
        }

        if (before.Case != after.Case)
        {
            yield return after.Case switch
            {
                LetterCase.AsItIs => $"{after.Name} keeps its letters as they are",
                LetterCase.Upper => $"{after.Name} is put in upper case",
                LetterCase.Lower => $"{after.Name} is put in lower case",
            };
        }
    }

    private static string SourceOf(FieldRule rule) => rule.Origin switch
    {
        ValueOrigin.Path => rule.Source.Length > 0 ? rule.Source : "nothing",
        ValueOrigin.Constant => $"the constant {(rule.Source.Length > 0 ? rule.Source : "(empty)")}",
        ValueOrigin.Template => $"the template {rule.Source}",
        ValueOrigin.Expression => $"the expression {rule.Source}",
    };

    /// <summary>How a field is rounded, as in <c>2 digits, a half up</c>.</summary>
    public static string RoundingOf(FieldRule rule) => $"{rule.Decimals} {(rule.Decimals == 1 ? "digit" : "digits")}, " + rule.Rounding switch
    {
        Rounding.None => "not at all",
        Rounding.HalfUp => "a half up",
        Rounding.HalfEven => "a half to the even digit",
        Rounding.Down => "always down",
        Rounding.Up => "always up",
    };

    /// <summary>What becomes of a value that cannot be made, as in <c>sets the record aside</c>.</summary>
    public static string ErrorOf(FieldErrorRule rule) => rule switch
    {
        FieldErrorRule.Reject => "sets the record aside",
        FieldErrorRule.Empty => "gives no value",
        FieldErrorRule.Default => "gives the default",
    };

    private static bool SameValues(IReadOnlyDictionary<string, string>? before, IReadOnlyDictionary<string, string>? after) =>
        before is null || after is null ? ReferenceEquals(before, after) : before.Count == after.Count && before.All(pair => after.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static string MissOf(LookupMiss miss) => miss switch
    {
        LookupMiss.Reject => "rejects the record",
        LookupMiss.KeepValue => "is kept as it is",
        LookupMiss.Empty => "gives no value",
    };
}
