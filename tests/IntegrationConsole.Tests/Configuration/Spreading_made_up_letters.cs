using IntegrationConsole.Configuration;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Spreading_made_up_letters
{
    private const int Reasons = 6;

    [Theory]
    [InlineData(5_000, 1_000_000)]
    [InlineData(200, 20_000)]
    [InlineData(3, 10)]
    [InlineData(1, 0)]
    public void Each_letter_has_its_place(int integrations, int letters)
    {
        Assert.Equal(letters, Of(integrations, letters).Sum(group => group.Letters));
    }

    [Fact]
    public void A_million_stand_in_three_hundred_groups_of_which_a_few_have_most()
    {
        var groups = Of(5_000, 1_000_000);

        Assert.Equal(300, groups.Count);
        Assert.True(groups.Max(group => group.Letters) > 100_000);
        Assert.True(groups.OrderByDescending(group => group.Letters).Take(30).Sum(group => group.Letters) > 500_000);
        Assert.Equal(groups.Count, groups.Distinct().Count());
    }

    private static List<(int Number, int Reason, int Letters)> Of(int integrations, int letters)
    {
        var trouble = new SeededTrouble(integrations, letters);
        return [.. Enumerable.Range(1, integrations).SelectMany(number => trouble.Of(number, Reasons).Select(group => (number, group.Reason, group.Letters)))];
    }
}
