using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Comparing_versions
{
    private static readonly FieldRule Rule = new() { Name = "city", Source = "address.city" };

    public static TheoryData<FieldRule, FieldRule, string[]> Changes { get; } = new()
    {
        { Rule, Rule, [] },
        { Rule, Rule with { Source = "town" }, ["city now comes from town instead of address.city"] },
        { Rule, Rule with { Origin = ValueOrigin.Constant, Source = "" }, ["city now comes from the constant (empty) instead of address.city"] },
        { Rule, Rule with { Origin = ValueOrigin.Template, Source = "{a}" }, ["city now comes from the template {a} instead of address.city"] },
        { Rule, Rule with { Type = FieldType.Integer }, ["city is now integer instead of text"] },
        { Rule, Rule with { Required = true }, ["city is now required"] },
        { Rule with { Required = true }, Rule, ["city is no longer required"] },
        { Rule, Rule with { Default = "Bonn" }, ["city is Bonn where the record has no value"] },
        { Rule with { Default = "Bonn" }, Rule, ["city has no default any more"] },
        { Rule, Rule with { Lookup = "cities" }, ["city goes through the lookup table cities"] },
        { Rule with { Lookup = "cities" }, Rule, ["city no longer goes through cities"] },
        { Rule, Rule with { LookupMiss = LookupMiss.KeepValue }, ["city: a value that the lookup table does not hold is kept as it is"] },
        { Rule, Rule with { LookupMiss = LookupMiss.Empty }, ["city: a value that the lookup table does not hold gives no value"] },
        { Rule with { LookupMiss = LookupMiss.Empty }, Rule, ["city: a value that the lookup table does not hold rejects the record"] },
        { Rule, Rule with { Format = "unix", Culture = "de-DE", TimeZone = "Europe/Berlin" },
            ["city is read with the format unix", "city is read with the culture de-DE", "city is read with the time zone Europe/Berlin"] },
        { Rule with { Culture = "de-DE" }, Rule, ["city is read without the culture de-DE"] },
        { Rule, Rule with { Values = new Dictionary<string, string> { ["B"] = "Bonn", ["-"] = "" } }, ["city knows the values B → Bonn, - → (empty)"] },
        { Rule with { Values = new Dictionary<string, string> { ["B"] = "Bonn" } }, Rule, ["city has no values of its own any more"] },
        { Rule, Rule with { Rounding = Rounding.HalfUp, Decimals = 2 }, ["city now rounds to 2 digits, a half up"] },
        { Rule with { Rounding = Rounding.HalfUp, Decimals = 2 }, Rule, ["city is no longer rounded"] },
        { Rule, Rule with { MaxLength = 20 }, ["city has at most 20 characters: a longer text is refused"] },
        { Rule with { MaxLength = 20 }, Rule with { MaxLength = 20, CutOff = true }, ["city has at most 20 characters: a longer text loses its end"] },
        { Rule, Rule with { OnError = FieldErrorRule.Empty }, ["city: a value that cannot be made gives no value"] },
        { Rule, Rule with { Trim = true }, ["city is trimmed"] },
        { Rule with { Trim = true }, Rule, ["city is no longer trimmed"] },
        { Rule, Rule with { Case = LetterCase.Upper }, ["city is put in upper case"] },
        { Rule, Rule with { Case = LetterCase.Lower }, ["city is put in lower case"] },
        { Rule with { Case = LetterCase.Lower }, Rule, ["city keeps its letters as they are"] },
        { Rule, Rule with { Name = "town" }, ["city is now called town"] },
        { Rule, Rule with { Name = "town", Required = true }, ["city is now called town", "town is now required"] },
        { Rule, Rule with { Name = "town", Source = "town" }, ["town is new: town", "city is no longer made"] },
        { Rule with { Origin = ValueOrigin.Constant, Source = "x" }, new() { Name = "town", Origin = ValueOrigin.Constant, Source = "x" }, ["town is new: the constant x", "city is no longer made"] },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_change_of_a_field_is_a_sentence(FieldRule before, FieldRule after, string[] sentences) =>
        Assert.Equal(sentences, MappingDiff.Between(Trial.Document(before), Trial.Document(after)));

    [Fact]
    public void Another_order_is_no_change() => Assert.Empty(MappingDiff.Between(
        new MappingDocument([Rule, new() { Name = "id", Source = "id" }], [new("a", ConditionOperator.Present, ""), new("b", ConditionOperator.Missing, "")]),
        new MappingDocument([new() { Name = "id", Source = "id" }, Rule], [new("b", ConditionOperator.Missing, ""), new("a", ConditionOperator.Present, "")])));

    [Fact]
    public void One_field_that_went_is_at_most_one_that_came() => Assert.Equal(
        ["place is new: address.city", "city is now called town"],
        MappingDiff.Between(Trial.Document(Rule), Trial.Document(Rule with { Name = "town" }, Rule with { Name = "place" })));

    [Fact]
    public void Conditions_come_and_go()
    {
        var before = new MappingDocument([Rule], [new("status", ConditionOperator.Equals, "active"), new("email", ConditionOperator.Present, "")]);
        var after = new MappingDocument([Rule], [new("email", ConditionOperator.Present, ""), new("kind", ConditionOperator.NotEquals, ""), new("gone", ConditionOperator.Missing, "")]);

        Assert.Equal(
            ["only records are taken where kind is not empty", "only records are taken where gone has no value", "records are taken whether or not status is active"],
            MappingDiff.Between(before, after));
    }

    [Fact]
    public void Expressions_are_named_as_such()
    {
        var before = new MappingDocument([Rule], []) { Filter = "total > 10" };
        var after = new MappingDocument([Rule with { Origin = ValueOrigin.Expression, Source = "$trim(x)" }], []) { Filter = "total > 20" };

        Assert.Contains($"{Rule.Name} now comes from the expression $trim(x) instead of", string.Join('\n', MappingDiff.Between(before, after)));
        Assert.Contains("only records are taken for which the filter holds: total > 20", MappingDiff.Between(before, after));
        Assert.Contains("the filter is gone: total > 20", MappingDiff.Between(after, before with { Filter = "" }));
    }

    [Fact]
    public void A_document_survives_being_kept()
    {
        var document = new MappingDocument(
            [Rule with { Type = FieldType.Date, Origin = ValueOrigin.Template, Trim = true, Case = LetterCase.Lower, Lookup = "x", LookupMiss = LookupMiss.Empty, Format = "f", Culture = "c", TimeZone = "z", Default = "d", Required = true }],
            [new("status", ConditionOperator.NotEquals, "ä\"\n")]);

        var read = MappingDocument.Parse(document.ToJson());

        Assert.Equal(document.Fields, read.Fields);
        Assert.Equal(document.Conditions, read.Conditions);
    }

    [Fact]
    public void Nothing_changes_about_a_mapping_without_a_word()
    {
        Assert.All(OneChange.OfAllParts(), change => Assert.True(MappingDiff.Between(OneChange.Whole, change.Changed).Count > 0, change.What));
        Assert.All(OneChange.OfAllParts(), change => Assert.True(MappingDiff.Between(change.Changed, OneChange.Whole).Count > 0, $"{change.What}, and back"));
    }

    [Fact]
    public void Everything_that_can_be_changed_about_a_mapping_survives_being_kept() => Assert.All(OneChange.OfAllParts(), change =>
    {
        Assert.NotEqual((change.What, OneChange.Whole.ToJson()), (change.What, change.Changed.ToJson()));
        Assert.Equal((change.What, change.Changed.ToJson()), (change.What, MappingDocument.Parse(change.Changed.ToJson()).ToJson()));
    });
}
