using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Limiting_texts
{
    private static readonly FieldRule Short = new() { Name = "f", MaxLength = 3 };

    [Theory]
    [InlineData("abc", "abc", "abc")]
    [InlineData("abcd", "! f: the value at v is longer than 3 characters.", "abc")]
    [InlineData("😀😀😀", "😀😀😀", "😀😀😀")]
    [InlineData("a😀😀😀", "! f: the value at v is longer than 3 characters.", "a😀😀")]
    [InlineData("abe\u0301x", "! f: the value at v is longer than 3 characters.", "ab")]
    [InlineData("🇩🇪🇫🇷", "! f: the value at v is longer than 3 characters.", "🇩🇪")]
    public void A_text_has_at_most_so_many_characters_and_none_is_cut_in_two(string text, string refused, string cut)
    {
        Assert.Equal(refused, Trial.Text(Short, text));
        Assert.Equal(cut, Trial.Text(Short with { CutOff = true }, text));
    }

    [Theory]
    [InlineData(FieldType.Integer, 3, "Only texts have a greatest length.")]
    [InlineData(FieldType.String, -1, "Give a number of characters, or 0 for any.")]
    public void Only_a_text_has_a_length(FieldType type, int length, string sentence) =>
        Assert.Equal(sentence, Assert.Single(MappingRules.Check(Trial.Document(Short with { Source = "v", Type = type, MaxLength = length }), [])).Sentence);

    [Fact]
    public void Another_type_drops_what_means_nothing_there()
    {
        var rule = new FieldRule { Name = "f", Source = "v", Type = FieldType.Decimal, Rounding = Rounding.Up, Decimals = 2, Culture = "de-DE" };

        Assert.Empty(MappingRules.Check(Trial.Document(rule.As(FieldType.Integer)), []));
        Assert.Equal(new FieldRule { Name = "f", Source = "v" }, rule.As(FieldType.String));
        Assert.Equal("", (rule with { Type = FieldType.Boolean, Format = "Y|N" }).As(FieldType.Date).Format);
        Assert.Equal("dd.MM.yyyy", (rule with { Type = FieldType.Date, Format = "dd.MM.yyyy" }).As(FieldType.Timestamp).Format);
    }
}
