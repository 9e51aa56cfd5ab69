using IntegrationConsole.Controls;

namespace IntegrationConsole.Tests.Controls;

/// <summary>Rows are letters with a number each: the letter makes them the same one, the number is what changes.</summary>
public sealed class Following_a_list
{
    private readonly LiveRows<(char Name, int Value)> _rows = new(row => new Guid(row.Name, 0, 0, new byte[8]));

    [Fact]
    public void What_changed_is_told_in_its_place()
    {
        Show("a1 b1 c1");

        Follow("b2 a1 c1", again: "a1 b2 c1");

        Expect("a1 b2 c1", fresh: 0, isStale: true);
    }

    [Fact]
    public void What_came_since_waits_until_it_is_asked_for()
    {
        Show("a1 b1");

        Follow("d1 c1 a1 b1", again: "a1 b1");
        Expect("a1 b1", fresh: 2, isStale: false);

        Show("d1 c1 a1 b1");
        Expect("d1 c1 a1 b1", fresh: 0, isStale: false);
    }

    [Fact]
    public void What_moves_up_when_another_one_leaves_is_not_new()
    {
        Show("a1 b1 c1");

        Follow("a1 c1 d1", again: "a1 b2 c1");

        Expect("a1 b2 c1", fresh: 0, isStale: true);
    }

    [Fact]
    public void A_row_that_is_gone_stays_as_it_was()
    {
        Show("a1 b1");

        Follow("a2", again: "a2");

        Expect("a2 b1", fresh: 0, isStale: true);
    }

    [Fact]
    public void Where_all_that_is_shown_was_pushed_out_all_is_new()
    {
        Show("a1 b1");

        Follow("y1 z1", again: "a1 b1");

        Expect("a1 b1", fresh: 2, isStale: false);
    }

    [Fact]
    public void An_empty_list_fills_by_itself()
    {
        Follow("a1 b1", again: "");

        Expect("a1 b1", fresh: 0, isStale: false);
    }

    private void Show(string rows) => _rows.Show(Of(rows));

    private void Follow(string now, string again) => _rows.Follow(Of(now), Of(again));

    private void Expect(string shown, int fresh, bool isStale) =>
        Assert.Equal((shown, fresh, isStale), (string.Join(' ', _rows.Shown.Select(row => $"{row.Name}{row.Value}")), _rows.Fresh, _rows.IsStale));

    private static IReadOnlyList<(char, int)> Of(string rows) => [.. rows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(row => (row[0], row[1] - '0'))];
}
