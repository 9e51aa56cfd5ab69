using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

/// <summary>A sentence about a record is shown to people who may not see the record, and is logged.</summary>
public sealed class Keeping_values_out_of_sentences
{
    private const string Secret = "Geheim4711";

    [Fact]
    public void No_conversion_and_no_combination_of_settings_repeats_a_value_of_the_record()
    {
        var refused = 0;
        foreach (var rule in Rules())
        {
            var plan = Trial.Plan(Trial.Document(rule), ["f"], new Dictionary<string, IReadOnlyDictionary<string, string>> { ["codes"] = new Dictionary<string, string> { ["a"] = "b" } });
            foreach (var value in Values())
            {
                var record = Encoding.UTF8.GetBytes($$"""{"v":{{value}}}""");
                var sentences = Trial.Apply(plan, record).Rejected.Select(rejected => $"{rejected.Failure} {rejected.Failure.Field} {rejected.Failure.Code} {rejected.Failure.Answer}")
                    .Concat(plan.Preview(record, default).Fields.Select(field => field.Problem?.ToString() ?? "")).Append(plan.Preview(record, default).Problem);
                foreach (var sentence in sentences.Where(sentence => sentence.Length > 0))
                {
                    refused++;
                    Assert.DoesNotContain("Geheim", sentence, StringComparison.OrdinalIgnoreCase);
                    Assert.DoesNotContain("4711", sentence);
                }
            }
        }

        Assert.True(refused > 1_000, $"Only {refused} sentences were seen.");
    }

    [Fact]
    public void Nor_does_any_text_that_somebody_may_come_up_with()
    {
        var random = new Random(4711);
        var alphabet = "0123456789.,:-+/eETZ \u00a0'abcxyz\\{}[]\u0661é😀";
        var plans = Rules().Where(rule => rule.Origin is ValueOrigin.Path).Select(rule => Trial.Plan(
            Trial.Document(rule), [], new Dictionary<string, IReadOnlyDictionary<string, string>> { ["codes"] = new Dictionary<string, string>() })).ToList();
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(6, 30)).Select(_ => alphabet[random.Next(alphabet.Length)]).Where(letter => !char.IsSurrogate(letter)));
            var record = $$"""{"v":{{JsonSerializer.Serialize(text)}}}""";
            foreach (var rejected in plans.SelectMany(plan => Trial.Apply(plan, record).Rejected))
            {
                Assert.DoesNotContain(text.Trim(), rejected.Failure.Sentence);
            }
        }
    }

    private static IEnumerable<FieldRule> Rules()
    {
        var types = from type in Enum.GetValues<FieldType>()
                    from culture in (string[])["", "de-DE", "en-US", "hi-IN", "fr-FR"]
                    from format in type switch
                    {
                        FieldType.Date or FieldType.Timestamp => (string[])["", "dd.MM.yyyy", "unix", "unixms"],
                        FieldType.Boolean => ["", "Y|N"],
                        _ => [""],
                    }
                    select new FieldRule { Name = "f", Type = type, Culture = culture, Format = format, TimeZone = "Europe/Berlin", Required = true };
        foreach (var rule in types)
        {
            yield return rule with { Source = "v" };
            yield return rule with { Source = "v.x" };
            yield return rule with { Origin = ValueOrigin.Template, Source = "{v}" };
            yield return rule with { Source = "v", Lookup = "codes" };
            yield return rule with { Source = "v", Lookup = "codes", LookupMiss = LookupMiss.KeepValue, Case = LetterCase.Upper, Trim = true };
        }
    }

    private static IEnumerable<string> Values() =>
    [
        $"\"{Secret}\"", $"\" {Secret} \"", "4711.4711", "47114711471147114711471147114711471147114711", "4711e4711", $"[\"{Secret}\"]", $$"""{"x":"{{Secret}}"}""",
        "\"4711-47-11\"", "\"2026-03-29T02:30:00.4711\"", "\"47.11.4711\"", $"\"{Secret}\\ud800\"", $"\"{Secret}", $"{Secret}", $"\"\\u0047eheim4711\"", $"[[\"{Secret}\"]]",
        "\"4,7114711\"", "-4711471147114711471147114711471147114711", $"\"{Secret}\" \"{Secret}\"",
    ];
}
