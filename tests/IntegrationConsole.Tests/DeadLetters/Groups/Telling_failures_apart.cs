using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Telling_failures_apart
{
    [Fact]
    public void Sixty_real_messages_fall_into_the_groups_in_which_a_person_would_put_them()
    {
        Assert.Equal(60, RealMessages.All.Count);
        var ours = RealMessages.All.GroupBy(message => FailureFingerprint.Of(message.Facts).Pattern).Select(group => string.Join(" + ", group.Select(message => message.Group).Distinct()));
        var persons = RealMessages.All.Select(message => message.Group).Distinct();

        Assert.Equal(persons.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void They_stay_there_as_long_as_the_algorithm_has_the_same_number()
    {
        var patterns = new StringBuilder().Append("algorithm ").Append(FailureFingerprint.Algorithm).Append('\n');
        foreach (var (group, facts) in RealMessages.All)
        {
            var print = FailureFingerprint.Of(facts);
            patterns.Append(print.Pattern.ToString("n")).Append("  ").Append(group).Append(": ").Append(print.Template).Append('\n');
        }

        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "received-patterns.txt"), patterns.ToString());

        // Another text with the same number would tear every known group apart: raise the number, then approve the new text.
        Assert.Equal(File.ReadAllText(Approved()), patterns.ToString());
    }

    [Theory]
    [InlineData("shop.example is down or overloaded (503).", "‹system› is down or overloaded (503).")]
    [InlineData("Order 8812 of 2026-03-02 08:15:30 for \"Ada O'Neill\" failed", "Order ‹number› of ‹time› for ‹value› failed")]
    [InlineData("it doesn't fit, and can't", "it doesn't fit, and can't")]
    [InlineData("lines[3].tax and lines[*].tax", "lines[*].tax and lines[*].tax")]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "‹id›")]
    [InlineData("cannot convert 'x' to System.Int32 or UTF8", "cannot convert ‹value› to System.Int32 or UTF8")]
    [InlineData("-12.5 % of 1e10 and 192.168.0.1:80", "‹number› % of ‹number› and ‹system›")]
    [InlineData("ids 1, 2, 3, 4", "ids ‹number›,")]
    [InlineData("a  \t b\n c", "a b c")]
    [InlineData("an unclosed \" quote", "an unclosed \" quote")]
    [InlineData("", "")]
    public void A_template_keeps_the_words_and_drops_the_values(string message, string template) =>
        Assert.Equal(template, MessageTemplate.Of(message, ["shop.example"]));

    [Fact]
    public void A_status_and_an_sqlstate_are_kept_and_other_numbers_are_not()
    {
        Assert.NotEqual(Pattern("503", "answered (503)"), Pattern("520", "answered (520)"));
        Assert.NotEqual(Pattern("", "HTTP 503"), Pattern("", "HTTP 520"));
        Assert.Equal(Pattern("", "waited 503 s"), Pattern("", "waited 520 s"));
        Assert.NotEqual(Pattern("23505", "x"), Pattern("23503", "x"));
        Assert.Equal(Pattern("ERR-10042", "x"), Pattern("ERR-10043", "x"));
    }

    [Fact]
    public void Positions_in_lists_tell_nothing_apart_and_fields_do()
    {
        Assert.Equal("/lines/*/taxCode", FailureFingerprint.WithoutIndexes("/lines/13/taxCode"));
        Assert.Equal("lines[*].line2.*", FailureFingerprint.WithoutIndexes("lines[0].line2.7"));
        Assert.NotEqual(Pattern("", "x", "/a/b"), Pattern("", "x", "/a/c"));
    }

    [Fact]
    public void A_group_is_one_of_its_tenant_and_integration_and_the_pattern_is_everybodys()
    {
        var (one, other) = (new TenantId(Guid.NewGuid()), new TenantId(Guid.NewGuid()));
        var (sync, another) = (Guid.NewGuid(), Guid.NewGuid());
        var pattern = Pattern("503", "down");

        Assert.Equal(pattern, Pattern("503", "down"));
        Assert.Equal(FailureFingerprint.GroupOf(pattern, one, sync, ""), FailureFingerprint.GroupOf(pattern, one, sync, ""));
        Assert.Equal(4, new[] { (one, sync, ""), (other, sync, ""), (one, another, ""), (one, sync, "part") }.Select(of => FailureFingerprint.GroupOf(pattern, of.Item1, of.Item2, of.Item3)).Distinct().Count());
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("'a")]
    [InlineData("a.")]
    [InlineData("a@")]
    [InlineData("=(")]
    [InlineData("1-")]
    [InlineData("0x")]
    [InlineData("[1")]
    [InlineData("/")]
    [InlineData("‹\ud800")]
    [InlineData("{\"errors\":[")]
    public void A_hostile_text_is_read_in_the_time_that_it_takes_to_read_it(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 500_000));
        var watch = ThreadWatch.StartNew();

        for (var times = 0; times < 20; times++)
        {
            Assert.True(MessageTemplate.Of(text, ["shop.example"]).Length <= 500);
        }

        Assert.Equal("", AnswerMarks.Of(text));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("""{"error":{"code":"TAX_1","target":"lines/3/tax"}}""", "TAX_1 at lines/*/tax")]
    [InlineData("""[{"errorCode":"B"},{"errorCode":"A"}]""", "A, B")]
    [InlineData("""{"code":"8812"}""", "")]
    [InlineData("""{"code":"Ada Lovelace"}""", "")]
    [InlineData("""{"record":{"code":"PRIVATE"}}""", "")]
    [InlineData("""{"error":{"message":"Ada is locked"}}""", "")]
    [InlineData("customer Ada is locked", "")]
    [InlineData("{", "")]
    public void Of_an_answer_only_its_codes_count(string answer, string marks) => Assert.Equal(marks, AnswerMarks.Of(answer));

    private static string Approved()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IntegrationConsole.sln")))
            {
                return Path.Combine(folder.FullName, "tests/IntegrationConsole.Tests/DeadLetters/Groups/approved-patterns.txt");
            }
        }

        throw new InvalidOperationException($"There is no IntegrationConsole.sln above {AppContext.BaseDirectory}.");
    }

    private static Guid Pattern(string code, string message, string field = "") =>
        FailureFingerprint.Of(new FailureFacts(FailureCause.Validation, LetterStage.Write, "rest", code, field, message, "", [])).Pattern;
}
