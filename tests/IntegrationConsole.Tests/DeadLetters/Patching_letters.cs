using System.Text;
using IntegrationConsole.DeadLetters.Patches;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Patching_letters
{
    [Theory]
    [InlineData("""{"a":1}""", PatchAction.Set, "b", "x", "", """{"a":1,"b":"x"}""")]
    [InlineData("""{"a":1}""", PatchAction.Set, "/b/c", "2", "", """{"a":1,"b":{"c":2}}""")]
    [InlineData("""{"a":1,"b":2}""", PatchAction.Remove, "b", "", "", """{"a":1}""")]
    [InlineData("""{"land":"XK"}""", PatchAction.Replace, "land", "RS", "XK", """{"land":"RS"}""")]
    [InlineData("""{"a":{"b":7}}""", PatchAction.Copy, "c", "", "/a/b", """{"a":{"b":7},"c":7}""")]
    [InlineData("""{"a/b":1}""", PatchAction.Set, "/a~1b", "2", "", """{"a/b":2}""")]
    [InlineData("""{"big":12345678901234567890.10,"name":"Zoë"}""", PatchAction.Set, "a", "true", "", """{"big":12345678901234567890.10,"name":"Zoë","a":true}""")]
    public void A_change_is_made_where_it_fits(string before, PatchAction action, string field, string value, string from, string after) =>
        Assert.Equal(after, Apply(before, new PatchStep(action, field, value, from)));

    [Theory]
    [InlineData("""{"land":"DE"}""", PatchAction.Replace, "land", "XK")]
    [InlineData("""{"a":1}""", PatchAction.Copy, "b", "c")]
    [InlineData("""{"a":1}""", PatchAction.Remove, "b", "")]
    [InlineData("""{"a":1,"a":2}""", PatchAction.Remove, "a", "")]
    [InlineData("not json", PatchAction.Remove, "a", "")]
    public void A_record_that_it_does_not_fit_stays_as_it_is(string before, PatchAction action, string field, string from) =>
        Assert.Null(Apply(before, new PatchStep(action, field, "v", from)));

    [Fact]
    public void A_condition_chooses_the_records()
    {
        var step = new PatchStep(PatchAction.Set, "land", "RS", WhenField: "/address/code", WhenValue: "7");

        Assert.NotNull(Apply("""{"land":"XK","address":{"code":7}}""", step));
        Assert.Null(Apply("""{"land":"XK","address":{"code":8}}""", step));
    }

    private static string? Apply(string record, PatchStep step) => new LetterPatch([step]).Apply(Encoding.UTF8.GetBytes(record)) is { } changed ? Encoding.UTF8.GetString(changed) : null;
}
