using IntegrationConsole.Connectors;

namespace IntegrationConsole.Mappings;

/// <summary>Drafts a mapping from what is known of both sides, for a person to correct.</summary>
public static class MappingSuggestion
{
    /// <param name="source">The values found in sample records.</param>
    /// <param name="destination">The destination's fields; empty where it takes whatever comes.</param>
    public static MappingDocument Draft(IReadOnlyList<SampleValue> source, IReadOnlyList<StreamField> destination)
    {
        if (destination.Count == 0)
        {
            var all = source.Where(value => value.IsSingle && FieldName(value.Path).Length > 0).Select(value => new FieldRule { Name = FieldName(value.Path), Type = value.Type, Source = value.Path });
            return new MappingDocument([.. all.DistinctBy(rule => rule.Name)], []);
        }

        var rules = destination.Where(field => !field.NativeType.Contains("generated", StringComparison.Ordinal)).Select(field =>
        {
            var match = Match(source, field.Name);
            return match is null && !field.Required
                ? null
                : new FieldRule { Name = field.Name, Type = field.Type, Source = match?.Path ?? "", Required = field.Required || field.IsKey };
        });
        return new MappingDocument([.. rules.OfType<FieldRule>()], []);
    }

    private static SampleValue? Match(IReadOnlyList<SampleValue> source, string field)
    {
        var wanted = Plain(field);
        return source.FirstOrDefault(value => Plain(value.Path) == wanted)
            ?? source.FirstOrDefault(value => Plain(value.Path.Split('.')[^1]) == wanted);
    }

    /// <summary>customer.firstName becomes customer_first_name.</summary>
    internal static string FieldName(string path)
    {
        var name = new System.Text.StringBuilder();
        foreach (var letter in path)
        {
            if (!char.IsLetterOrDigit(letter))
            {
                if (name.Length > 0 && name[^1] != '_')
                {
                    name.Append('_');
                }
            }
            else
            {
                if (char.IsUpper(letter) && name.Length > 0 && char.IsLower(name[^1]))
                {
                    name.Append('_');
                }

                name.Append(letter);
            }
        }

        return name.ToString().Trim('_').ToLowerInvariant();
    }

    private static string Plain(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
